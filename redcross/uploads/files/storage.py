"""Files beside an upload, sealed: the workbook, the rows read from it, the details."""

import contextlib
import io
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import polars as pl
from django.core.files.base import ContentFile
from django.db import transaction
from django.db.models.fields.files import FieldFile

from redcross.accounts.encryption import seal, unseal
from redcross.uploads.files.scratch_dir import create_scratch_dir


def store_file(field: FieldFile, content: bytes) -> None:
    """Seal and store; the row itself is saved by the caller.

    What the row named before stays until the change is committed: after one that was cut
    off the row still names it.
    """
    before = field.name
    field.save("", ContentFile(seal(content)), save=False)
    if before:
        transaction.on_commit(lambda: field.storage.delete(before))


def load_file(field: FieldFile) -> bytes:
    """Return a sealed file's content."""
    with field.open("rb") as file:
        return unseal(file.read())


def store_frame(field: FieldFile, frame: pl.DataFrame) -> None:
    """Store a frame as a sealed Arrow file."""
    buffer = io.BytesIO()
    frame.write_ipc(buffer, compression="lz4")
    store_file(field, buffer.getvalue())


def load_frame(field: FieldFile) -> pl.DataFrame:
    """Return a stored frame."""
    return pl.read_ipc(io.BytesIO(load_file(field)))


def store_json(field: FieldFile, value: Any) -> None:
    """Store plain values as sealed JSON."""
    store_file(field, json.dumps(value, ensure_ascii=False).encode())


def load_json(field: FieldFile) -> Any:
    """Return stored plain values."""
    return json.loads(load_file(field))


@contextlib.contextmanager
def unsealed_file(field: FieldFile, filename: str) -> Iterator[Path]:
    """Lay the unsealed file in a private folder for as long as it is read."""
    with create_scratch_dir() as folder:
        path = folder / f"workbook{Path(filename).suffix.lower()}"
        path.write_bytes(load_file(field))
        yield path
