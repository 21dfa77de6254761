"""Files beside an upload, sealed: the workbook, its grids, the rows read from it, the details."""

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
from redcross.uploads.files.grid_archive import pack_workbook, unpack_workbook
from redcross.uploads.files.scratch_dir import create_scratch_dir
from redcross.uploads.files.workbook import Workbook, read_workbook


def store_file(field: FieldFile, content: bytes) -> None:
    """Seal and store; the row itself is saved by the caller.

    The file that the row named before is deleted only when the transaction commits: after
    a rollback the row still names it.
    """
    before = field.name
    field.save("", ContentFile(seal(content)), save=False)
    if before:
        transaction.on_commit(lambda: field.storage.delete(before))


def load_file(field: FieldFile) -> bytes:
    """Return a sealed file's content."""
    with field.open("rb") as file:
        return unseal(file.read())


def delete_file(field: FieldFile) -> None:
    """Clear the name and delete the file on commit; the row is saved by the caller."""
    name = field.name
    if name:
        field.name = ""
        transaction.on_commit(lambda: field.storage.delete(name))


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


def store_grids(field: FieldFile, book: Workbook) -> None:
    """Store an opened workbook's grids, sealed; one too large is not kept."""
    content = pack_workbook(book)
    if content is not None:
        store_file(field, content)


def load_grids(field: FieldFile) -> Workbook | None:
    """Return the workbook whose grids are stored, None where there are none or old ones."""
    return unpack_workbook(load_file(field)) if field else None


def open_workbook(file: FieldFile, filename: str, *, grids: FieldFile) -> Workbook:
    """Return the workbook from its stored grids, else open the file; raise UnreadableError."""
    book = load_grids(grids)
    if book is not None:
        return book
    with unsealed_file(file, filename) as path:
        return read_workbook(path, filename=filename)


@contextlib.contextmanager
def unsealed_file(field: FieldFile, filename: str) -> Iterator[Path]:
    """Write the unsealed file into a private folder for as long as it is read."""
    with create_scratch_dir() as folder:
        path = folder / f"workbook{Path(filename).suffix.lower()}"
        path.write_bytes(load_file(field))
        yield path
