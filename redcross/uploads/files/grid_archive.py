"""The grids of an opened workbook as bytes, so that the file need not be opened again."""

import io
import json
import zipfile
import zlib
from typing import Any

import polars as pl

from redcross.uploads.files.workbook import Grid, Workbook

FORMAT = 1
"""Raised whenever the parser reads a cell otherwise than before: older archives are ignored."""
MAX_FRAME_BYTES = 256_000_000
"""Workbooks that take more memory are opened again instead of being kept."""
_INDEX = "workbook.json"


def pack_workbook(book: Workbook) -> bytes | None:
    """Return the workbook as a zip of Arrow files, None where it is too large to be kept."""
    if sum(grid.cells.estimated_size() for grid in book.grids) > MAX_FRAME_BYTES:
        return None
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for number, grid in enumerate(book.grids):
            with archive.open(f"{number}.arrow", "w") as part:
                grid.cells.write_ipc(part, compression="lz4")
        archive.writestr(_INDEX, json.dumps(_index(book), ensure_ascii=False))
    return buffer.getvalue()


def unpack_workbook(content: bytes) -> Workbook | None:
    """Return a packed workbook, None where it was packed in another format or is damaged."""
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            index = json.loads(archive.read(_INDEX))
            if index["format"] != FORMAT:
                return None
            grids = tuple(
                _grid(entry, archive.read(f"{number}.arrow"))
                for number, entry in enumerate(index["grids"])
            )
    except (zipfile.BadZipFile, zlib.error, KeyError, ValueError, pl.exceptions.PolarsError):
        return None
    return Workbook(grids, tuple(index["notices"]), index["peak_kb"])


def _index(book: Workbook) -> dict[str, Any]:
    return {
        "format": FORMAT,
        "notices": book.notices,
        "peak_kb": book.peak_kb,
        "grids": [
            {
                "worksheet": grid.worksheet,
                "first_row": grid.first_row,
                "merged": grid.merged,
                "knows_merges": grid.knows_merges,
                "from_1904": grid.from_1904,
            }
            for grid in book.grids
        ],
    }


def _grid(entry: dict[str, Any], content: bytes) -> Grid:
    merged = tuple(tuple(bounds) for bounds in entry.pop("merged"))
    return Grid(cells=pl.read_ipc(io.BytesIO(content)), merged=merged, **entry)
