"""The figures and tables of a report as a workbook."""

import re
from typing import Any

from redcross.files.workbooks import ExportWorkbook
from redcross.reports.compose.content import Content, list_tables

_NUMBER = re.compile(r"-?\d+(\.\d+)?")
HEADINGS = ("指标", "机构", "范围", "报告期", "分组类别", "数值", "单位", "限定词", "来源", "不含")
ORIGINS = {"rows": "明细", "reported": "登记数", "mixed": "明细与登记数"}


def write_figures_workbook(content: Content, notice: str) -> bytes:
    """Return each table on a worksheet of its own, and all figures on the last."""
    book = ExportWorkbook()
    bold = book.add_format({"bold": True, "text_wrap": True, "border": 1})
    for at, block in enumerate(list_tables(content), start=1):
        sheet = book.add_worksheet(f"附表{at}")
        _write_table(
            sheet, block["title"], block["head"], block["rows"], content["figures"], bold, notice
        )
    sheet = book.add_worksheet("数字来源")
    sheet.write_string(0, 0, f"{content['title']} {notice}".strip(), bold)
    sheet.write_row(1, 0, HEADINGS, bold)
    for at, told in enumerate(content["figures"].values(), start=2):
        where = "本级" if told["own"] else "全域"
        words = (
            told["label"], told["branch_name"], where, told["period"], told["category"],
        )  # fmt: skip
        sheet.write_row(at, 0, words)
        if told["value"] is not None:
            sheet.write_number(at, 5, float(told["value"]))
        rest = (told["unit"], told["qualifier"], ORIGINS[told["from"]], "、".join(told["missing"]))
        sheet.write_row(at, 6, rest)
    sheet.set_column(0, 0, 32)
    sheet.set_column(1, 9, 14)
    sheet.freeze_panes(2, 1)
    return book.content()


def _write_table(
    sheet: Any,
    title: str,
    head: list[str],
    rows: list[list[dict[str, Any]]],
    figures: dict[str, dict[str, Any]],
    bold: Any,
    notice: str,
) -> None:
    sheet.write_string(0, 0, f"{title} {notice}".strip(), bold)
    sheet.write_row(1, 0, head, bold)
    for at, row in enumerate(rows, start=2):
        for column, piece in enumerate(row):
            told = piece.get("figures", [])
            value = figures[told[0]]["value"] if len(told) == 1 else None
            if _NUMBER.fullmatch(piece["text"]):
                sheet.write_number(at, column, float(piece["text"]))
            else:
                sheet.write_string(at, column, piece["text"])
            if value is not None:
                sheet.write_comment(at, column, f"{value} {figures[told[0]]['unit']}")
    sheet.set_column(0, len(head), 16)
    sheet.freeze_panes(2, 1)
