"""The board as a workbook: the obligations shown, and the reporting quality."""

from collections import Counter
from collections.abc import Iterable
from typing import Any

from redcross.completeness.web.board import BoardQuery
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
_FIRST_ROW = 4
QUALITY_DEFINITION = (
    "及时率：到期或已报的报表中，首次提交不晚于截止日的比例；"
    "一次通过率：已生效的报表中，从未被退回、也没有因错误重报的比例（上级代报的不计）。"
)


def write_board(query: BoardQuery, content: dict[str, Any], notice: str) -> bytes:
    """Return a workbook with the content of `build_board`, filtered as on the page."""
    book = ExportWorkbook()
    bold = book.add_format({"bold": True, "border": 1, "text_wrap": True, "valign": "top"})
    day = book.add_format({"num_format": "yyyy-mm-dd", "align": "left"})
    title = f"报送进度：{query.branch} {query.period.label}"
    urgings = Counter(
        (urging.branch_id, urging.sheet, urging.first_month, urging.last_month)
        for urging in content["urgings"]
    )
    sheet = _add_worksheet(book, "报送进度", title, notice, _BOARD_HEADINGS, bold)
    for row, item in enumerate(content["obligations"], start=_FIRST_ROW):
        _write_row(sheet, row, day, (
            item.branch.short_name, item.sheet.title, item.period.label, item.opens_on,
            item.due_on, str(item.status.label), item.days_late, _ON_TIME_LABELS[item.on_time],
            urgings[item.key], item.upload or "", item.note,
        ))  # fmt: skip
    sheet = _add_worksheet(book, "报送质量评价", title, QUALITY_DEFINITION, _QUALITY_HEADINGS, bold)
    for row, item in enumerate([*content["quality"], content["total"]], start=_FIRST_ROW):
        values = (
            item.branch.short_name, item.due, item.submitted, item.late, item.submitted_share,
            item.on_time_share, item.first_pass_share, item.returned, item.urged,
        )  # fmt: skip
        _write_row(sheet, row, day, ("—" if value is None else value for value in values))
    return book.content()


def _add_worksheet(
    book: Any, name: str, title: str, note: str, headings: tuple[str, ...], bold: Any
) -> Any:
    sheet = book.add_worksheet(name)
    sheet.write_string(0, 0, title, book.add_format({"bold": True, "font_size": 14}))
    sheet.write_string(1, 0, note)
    for column, heading in enumerate(headings):
        sheet.write_string(_FIRST_ROW - 1, column, heading, bold)
    sheet.set_column(0, 0, 20)
    sheet.set_column(1, 1, 26 if name == "报送进度" else 12)
    sheet.set_column(2, len(headings), 13)
    sheet.freeze_panes(_FIRST_ROW, 1)
    sheet.set_landscape()
    sheet.set_paper(9)
    sheet.fit_to_pages(1, 0)
    sheet.repeat_rows(_FIRST_ROW - 1)
    return sheet


def _write_row(sheet: Any, row: int, day: Any, values: Iterable[object]) -> None:
    for column, value in enumerate(values):
        match value:
            case str():
                sheet.write_string(row, column, value)
            case None:
                pass
            case _ if hasattr(value, "isoformat"):
                sheet.write_datetime(row, column, value, day)
            case _:
                sheet.write_number(row, column, value)
