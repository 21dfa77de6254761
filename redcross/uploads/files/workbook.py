"""Open a file as grids of cells, in a sandbox; a file that cannot be opened gets a reason."""

import dataclasses
import re
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

import polars as pl

from redcross.files.workbooks import MARK_SHEET_TITLE
from redcross.uploads.files import sandbox
from redcross.uploads.files.cell_kinds import KIND_SUFFIX
from redcross.uploads.files.scratch_dir import create_scratch_dir

TIMEOUT_SECONDS = 20
TIMEOUT_BYTES = 20_000_000
"""Up to this size a file has TIMEOUT_SECONDS; a larger one has more in proportion."""

OWN_WORKSHEETS = ("可选项", "填写说明", MARK_SHEET_TITLE)
"""The worksheets of notes in our blank workbooks and exports, by their whole names."""

MAX_WORKSHEET_NAME, _EXCEL_NAME = 100, 31
_KILLED_CODES = (-6, -9)
"""SIGABRT and SIGKILL, by which processes end that get no more memory."""
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
"""Full cells take at least a fortieth of their memory in the file: beyond this most are empty."""
_UNWRITABLE = re.compile(r"[\x00-\x1f\ufffe\uffff]")
"""Characters that neither the database nor a workbook accepts in the name of a worksheet."""
_NOTICE_MESSAGES = {
    "macros": "文件含有宏，已忽略。",
    "external_links": "文件含有指向其他文件的链接，按已保存的数值读取。",
    "chart": "“{name}”是图表，已跳过。",
    "hidden": "工作表“{name}”是隐藏的，已跳过。",
    "damaged": "工作表“{name}”已损坏，已跳过。",
    "same_name": "有两张工作表都叫“{name}”，只读取了前一张。请改名后重新上传。",
}


class UnreadableError(Exception):
    """The file cannot be opened; the message says why and what to do."""

    def __init__(self, code: str, detail: str = "") -> None:
        super().__init__(code)
        self.code = code
        self.detail = detail

    def __str__(self) -> str:
        return ERROR_MESSAGES[self.code].format(detail=self.detail or "格式不明")


@dataclasses.dataclass(frozen=True, slots=True)
class Grid:
    """One worksheet: its texts by column letter, and the kinds of its cells.

    `cells` has for each column "A" a String column and a UInt8 column "A?" with the codes
    of `cell_kinds`. Row 0 of the frame is Excel's row `first_row`. `merged` are the bounds
    of merged cells as (top, left, bottom, right), counted from 0.
    """

    worksheet: str
    first_row: int
    cells: pl.DataFrame
    merged: tuple[tuple[int, int, int, int], ...] = ()
    knows_merges: bool = False
    """Whether the format stores merged cells; a csv does not."""
    from_1904: bool = False
    """Whether serial numbers of dates count from 1904."""

    @property
    def letters(self) -> list[str]:
        """The columns' letters, from left to right."""
        return [name for name in self.cells.columns if not name.endswith(KIND_SUFFIX)]


@dataclasses.dataclass(frozen=True, slots=True)
class Workbook:
    """The worksheets that could be opened, and notices of those that were left out."""

    grids: tuple[Grid, ...]
    notices: tuple[str, ...]
    peak_kb: int = 0


def read_workbook(path: Path, *, filename: str) -> Workbook:
    """Open a file in a child with limits on time and memory; raise UnreadableError."""
    with create_scratch_dir() as folder:
        answer = _open_in_child(path, folder)
        if "error" in answer:
            raise UnreadableError(answer["error"], answer.get("detail", ""))
        grids = tuple(_load_grid(entry, folder, filename, answer) for entry in answer["grids"])
    if not grids:
        raise UnreadableError("file.no_worksheet" if answer["notices"] else "file.empty")
    return Workbook(grids, tuple(_notice_messages(answer["notices"])), answer["peak_kb"])


def _load_grid(
    entry: Mapping[str, Any], folder: Path, filename: str, answer: Mapping[str, Any]
) -> Grid:
    """Return one worksheet of the child's answer; a csv's has the name of the file."""
    return Grid(
        worksheet=_clean_worksheet_name(entry["name"]) or Path(filename).stem[:_EXCEL_NAME],
        first_row=entry["first_row"],
        cells=pl.read_ipc((folder / entry["file"]).read_bytes()),
        merged=tuple(tuple(bounds) for bounds in entry["merged"] or ()),
        knows_merges=entry["merged"] is not None,
        from_1904=answer.get("from_1904", False),
    )


def _open_in_child(path: Path, folder: Path) -> dict[str, Any]:
    seconds = TIMEOUT_SECONDS * max(1, path.stat().st_size / TIMEOUT_BYTES)
    result = sandbox.open_in_child(path, folder, seconds)
    if not result.is_in_time:
        raise UnreadableError("file.timeout")
    if result.code != 0 or result.answer is None:
        raise UnreadableError(_crash_code(result, path.stat().st_size))
    return result.answer


def _crash_code(result: sandbox.ChildResult, size: int) -> str:
    """Return the code for a child that ended without an answer.

    Memory of hundreds of times the file's size was wanted for the rectangle from its first
    cell to its last, nearly all of it empty.
    """
    noise = result.noise.lower()
    allocation = _FAILED_ALLOCATION.search(noise)
    if allocation is not None and int(allocation[1]) > _MAX_ALLOCATION_RATIO * size:
        return "file.too_many_cells"
    is_memory = "memory" in noise or "alloc" in noise or result.code in _KILLED_CODES
    return "file.out_of_memory" if is_memory else "file.damaged"


def _clean_worksheet_name(worksheet: str) -> str:
    """Return a name that can be stored; other programs than Excel allow any length."""
    return _UNWRITABLE.sub("", worksheet)[:MAX_WORKSHEET_NAME]


def _notice_messages(notices: Iterable[str]) -> Iterator[str]:
    """Yield the messages, without those of worksheets that our own workbooks contain."""
    for text in notices:
        kind, _, name = text.partition(":")
        if name not in OWN_WORKSHEETS:
            yield _NOTICE_MESSAGES[kind].format(name=_clean_worksheet_name(name))
