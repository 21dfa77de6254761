"""A file becomes grids of cells, or is refused by name; nothing it does can hurt us."""

import dataclasses
import re
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import polars as pl

from redcross.files.workbooks import MARK_SHEET_TITLE
from redcross.uploads.files import sandbox
from redcross.uploads.files.parser import KIND_SUFFIX
from redcross.uploads.files.scratch_dir import create_scratch_dir

TIMEOUT_SECONDS = 20
TIMEOUT_BYTES = 20_000_000
"""Up to this size a file has SECONDS; a larger one has more in proportion."""

OWN_WORKSHEETS = ("可选项", "填写说明", MARK_SHEET_TITLE)
"""The worksheets that our blank workbooks bring along, by their whole names."""

MAX_WORKSHEET_NAME = 100
ERROR_MESSAGES = {
    "file.empty": "文件是空的。请确认选对了文件，保存后重新上传。",
    "file.encrypted": "文件设有密码，无法打开。请在 Excel 或 WPS 中取消密码保护，另存后重新上传。",
    "file.not_a_workbook": "这不是电子表格（{detail}）。请上传 xlsx、xls、et、ods 或 csv 文件。",
    "file.damaged": "文件已损坏，无法打开。请在 Excel 或 WPS 中打开并另存为 xlsx 后重新上传。",
    "file.too_large": "文件过大。请分成几份上传。",
    "file.bomb": "文件解压后过大（约 {detail} MB），已拒绝。请把数据复制到新的工作簿后上传。",
    "file.too_many_cells": "工作表的有效范围过大。请删除数据区以外的空行空列，另存后重新上传。",
    "file.timeout": "文件打开时间过长，已停止。请把数据复制到新的工作簿，去掉多余格式后上传。",
    "file.out_of_memory": "文件打开时占用内存过多，已停止。请分成几份，或另存为 csv 后上传。",
    "file.too_many_tables": "工作表“{detail}”中表头过多（两千个以上）。请合并为一张表后上传。",
    "file.not_found": "找不到文件“{detail}”，或无权读取。",
    "file.no_worksheet": "文件中没有可读的工作表（只有图表或隐藏的工作表）。请取消隐藏后上传。",
}
_FAILED_ALLOCATION = re.compile(r"memory allocation of (\d+) bytes failed")
_MAX_ALLOCATION_RATIO = 200
"""Packed full cells take at least a fortieth of what they take in memory."""
_UNWRITABLE = re.compile(r"[\x00-\x1f\ufffe\uffff]")
"""What neither the database nor a workbook can have in the name of a worksheet."""
_NOTICE_MESSAGES = {
    "macros": "文件含有宏，已忽略。",
    "external_links": "文件含有指向其他文件的链接，按已保存的数值读取。",
    "chart": "“{name}”是图表，已跳过。",
    "hidden": "工作表“{name}”是隐藏的，已跳过。",
    "damaged": "工作表“{name}”已损坏，已跳过。",
    "same_name": "有两张工作表都叫“{name}”，只读取了前一张。请改名后重新上传。",
}


class UnreadableError(Exception):
    """The file cannot be read; the message says why and what to do."""

    def __init__(self, code: str, detail: str = "") -> None:
        super().__init__(code)
        self.code = code
        self.detail = detail

    def __str__(self) -> str:
        return ERROR_MESSAGES[self.code].format(detail=self.detail or "格式不明")


@dataclasses.dataclass(frozen=True, slots=True)
class Grid:
    """One worksheet: texts by column letter, and what kind of cell each came from.

    `cells` holds for each column "A" a String column and a UInt8 column "A?" with the
    codes of `opening` (0 empty, 1 text, 2 number, 3 date, 4 bool, 5 error). Row 0 of
    the frame is Excel's row `first_row`. `merged` are (top, left, bottom, right), from 0.
    """

    worksheet: str
    first_row: int
    cells: pl.DataFrame
    merged: tuple[tuple[int, int, int, int], ...] = ()
    knows_merges: bool = False
    """Whether the format tells merged cells; a csv does not."""
    from_1904: bool = False
    """Whether serial numbers count from 1904."""

    @property
    def letters(self) -> list[str]:
        """The columns' letters, from left to right."""
        return [name for name in self.cells.columns if not name.endswith(KIND_SUFFIX)]


@dataclasses.dataclass(frozen=True, slots=True)
class Workbook:
    """What could be opened, and what was left out."""

    grids: tuple[Grid, ...]
    notices: tuple[str, ...]
    peak_kb: int = 0


def read_workbook(path: Path, *, filename: str) -> Workbook:
    """Open a file in a child with limits; raise UnreadableError."""
    with create_scratch_dir() as folder:
        answer = _open_in_child(path, folder)
        if "error" in answer:
            raise UnreadableError(answer["error"], answer.get("detail", ""))
        grids = tuple(
            Grid(
                worksheet=_clean_worksheet_name(found["name"]) or Path(filename).stem[:31],
                first_row=found["first_row"],
                cells=pl.read_ipc((folder / found["file"]).read_bytes()),
                merged=tuple(tuple(each) for each in found["merged"] or ()),
                knows_merges=found["merged"] is not None,
                from_1904=answer.get("from_1904", False),
            )
            for found in answer["grids"]
        )
    if not grids:
        raise UnreadableError("file.no_worksheet" if answer["notices"] else "file.empty")
    return Workbook(grids, tuple(_notice_messages(answer["notices"])), answer["peak_kb"])


def _open_in_child(path: Path, folder: Path) -> dict[str, Any]:
    seconds = TIMEOUT_SECONDS * max(1, path.stat().st_size / TIMEOUT_BYTES)
    outcome = sandbox.open_in_child(path, folder, seconds)
    if not outcome.is_in_time:
        raise UnreadableError("file.timeout")
    if outcome.code != 0 or outcome.answer is None:
        raise UnreadableError(_crash_code(outcome, path.stat().st_size))
    return outcome.answer


def _crash_code(outcome: sandbox.ChildResult, size: int) -> str:
    """Name what ended a child without an answer.

    A request for hundreds of times the file's own size is the rectangle from its first cell
    to its last, nearly all of it empty.
    """
    noise = outcome.noise.lower()
    asked = _FAILED_ALLOCATION.search(noise)
    if asked is not None and int(asked[1]) > _MAX_ALLOCATION_RATIO * size:
        return "file.too_many_cells"
    full = "memory" in noise or "alloc" in noise or outcome.code in (-6, -9)
    return "file.out_of_memory" if full else "file.damaged"


def _clean_worksheet_name(worksheet: str) -> str:
    """Return a name as it can be kept: Excel's have 31 characters, others' as many as they like."""
    return _UNWRITABLE.sub("", worksheet)[:MAX_WORKSHEET_NAME]


def _notice_messages(notices: Iterable[str]) -> Iterator[str]:
    """Say what was left out, but for what no clerk put in."""
    for text in notices:
        kind, _, name = text.partition(":")
        if name not in OWN_WORKSHEETS:
            yield _NOTICE_MESSAGES[kind].format(name=_clean_worksheet_name(name))
