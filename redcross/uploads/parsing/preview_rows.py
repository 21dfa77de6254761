"""Lines of a workbook as they stood beside what was read: the first ones, and all in doubt."""

import dataclasses
import datetime as dt
from collections.abc import Collection, Iterator, Mapping
from typing import Any

import polars as pl

from redcross.uploads.cells.columns import display_text
from redcross.uploads.mapping.tuning import TUNING
from redcross.uploads.schema.import_spec import CellKind, FieldSpec, SheetSpec


@dataclasses.dataclass(frozen=True, slots=True)
class PreviewRow:
    """One row of a workbook, by field: the raw text, and what was read of it."""

    worksheet: str
    row: int  # as Excel numbers it
    in_doubt: bool
    cells: Mapping[str, tuple[str, str]]

    def as_json(self) -> dict[str, Any]:
        """Return it as it is kept beside an upload."""
        return {
            "worksheet": self.worksheet,
            "row": self.row,
            "in_doubt": self.in_doubt,
            "cells": {name: list(pair) for name, pair in self.cells.items()},
        }


def preview_rows(
    frame: pl.DataFrame,
    raw: Mapping[str, pl.Series],
    at: pl.Series,
    spec: SheetSpec,
    *,
    worksheet: str,
    doubtful: Collection[int],
    branches: Mapping[int, str],
) -> Iterator[PreviewRow]:
    """Yield the first rows and those in doubt; row n's texts stand at `at[n]` in `raw`."""
    wanted = frame.with_row_index("_at").filter(
        (pl.col("_at") < TUNING.preview_rows) | pl.col("row").is_in(list(doubtful))
    )
    for read in wanted.head(TUNING.max_preview_rows).iter_rows(named=True):
        cells = {}
        for name, texts in raw.items():
            field = spec.field(name)
            text = texts[at[read["_at"]]] or ""
            cells[name] = (
                display_text(text, field),
                _display_value(field, read.get(name), branches),
            )
        yield PreviewRow(worksheet, read["row"], read["row"] in doubtful, cells)


def _display_value(field: FieldSpec, value: object, branches: Mapping[int, str]) -> str:
    """Return a value as read, in words; masked where it is personal."""
    if value is None:
        return ""
    match field.kind:
        case CellKind.BRANCH:
            return branches.get(int(str(value)), str(value))
        case CellKind.CHOICE | CellKind.REFERENCE:
            return field.labels.get(str(value), str(value))
        case CellKind.BOOLEAN:
            return "是" if value else "否"
        case CellKind.DECIMAL | CellKind.INTEGER:
            return f"{value:,}".removesuffix(".0") + field.unit.label
        case CellKind.DATE if isinstance(value, dt.date):
            return f"{value.year}年{value.month}月{value.day}日"
    return display_text(str(value), field)
