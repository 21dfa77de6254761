"""The board as a workbook: every obligation that is shown, and the quality of reporting."""

from collections import Counter
from typing import Any

from redcross.completeness.board import BoardQuery
from redcross.files.workbooks import ExportWorkbook

_BOARD_HEADINGS = (
    "单位", "报表", "报告期", "开始填报", "截止日期", "状态", "逾期天数", "是否及时", "催报次数",
    "批次", "说明",
)  # fmt: skip
_QUALITY_HEADINGS = (
    "单位（含下级）", "应报", "已报", "逾期", "已报率（%）", "及时率（%）", "一次通过率（%）",
    "退回次数", "催报次数",
)  # fmt: skip
_ON_TIME_LABELS = {True: "是", False: "否", None: ""}
DEFINITION = (
    "及时率：到期或已报的报表中，首次提交不晚于截止日的比例；"
    "一次通过率：已生效的报表中，从未被退回、也没有因错误重报的比例（上级代报的不计）。"
)


def board_workbook(asked: BoardQuery, found: dict[str, Any], notice: str) -> bytes:
    """Return what the board shows for its address, filters minded."""
    book = ExportWorkbook()
    bold = book.add_format({"bold": True, "border": 1, "text_wrap": True, "valign": "top"})
    day = book.add_format({"num_format": "yyyy-mm-dd", "align": "left"})
    title = f"报送进度：{asked.branch} {asked.period.label}"
    urged = Counter(
        (each.branch_id, each.sheet, each.first_month, each.last_month) for each in found["urgings"]
    )
    sheet = _add_worksheet(book, "报送进度", title, notice, _BOARD_HEADINGS, bold)
    for row, each in enumerate(found["found"], start=4):
        cells = (
            each.branch.short_name, each.sheet.title, each.period.label, each.opens_on,
            each.due_on, str(each.standing.label), each.days_late, _ON_TIME_LABELS[each.on_time],
            urged[each.key], each.upload or "", each.note,
        )  # fmt: skip
        for column, cell in enumerate(cells):
            _write_cell(sheet, row, column, cell, day)
    sheet = _add_worksheet(book, "报送质量评价", title, DEFINITION, _QUALITY_HEADINGS, bold)
    for row, judged in enumerate([*found["quality"], found["total"]], start=4):
        shares = (
            judged.branch.short_name, judged.owed, judged.handed_in, judged.late, judged.done_share,
            judged.on_time_share, judged.first_pass_share, judged.returned, judged.urged,
        )  # fmt: skip
        for column, cell in enumerate(shares):
            _write_cell(sheet, row, column, "—" if cell is None else cell, day)
    return book.content()


def _add_worksheet(
    book: Any, name: str, title: str, said: str, head: tuple[str, ...], bold: Any
) -> Any:
    sheet = book.add_worksheet(name)
    sheet.write_string(0, 0, title, book.add_format({"bold": True, "font_size": 14}))
    sheet.write_string(1, 0, said)
    for column, heading in enumerate(head):
        sheet.write_string(3, column, heading, bold)
    sheet.set_column(0, 0, 20)
    sheet.set_column(1, 1, 26 if name == "报送进度" else 12)
    sheet.set_column(2, len(head), 13)
    sheet.freeze_panes(4, 1)
    sheet.set_landscape()
    sheet.set_paper(9)
    sheet.fit_to_pages(1, 0)
    sheet.repeat_rows(3)
    return sheet


def _write_cell(sheet: Any, row: int, column: int, cell: object, day: Any) -> None:
    match cell:
        case str():
            sheet.write_string(row, column, cell)
        case None:
            return
        case _ if hasattr(cell, "isoformat"):
            sheet.write_datetime(row, column, cell, day)
        case _:
            sheet.write_number(row, column, cell)
