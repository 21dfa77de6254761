"""The figures and tables of a report as a workbook."""

import re
from typing import Any

from redcross.files.workbooks import ExportWorkbook
from redcross.reports.compose.content import Content, StoredBlock, StoredFigures, list_tables

_NUMBER = re.compile(r"-?\d+(\.\d+)?")
HEADINGS = ("指标", "机构", "范围", "报告期", "分组类别", "数值", "单位", "限定词", "来源", "不含")
ORIGINS = {"rows": "明细", "reported": "登记数", "mixed": "明细与登记数"}


def write_figures_workbook(content: Content, notice: str) -> bytes:
    """Return a workbook with each table on its own worksheet, and all figures on the last."""
    book = ExportWorkbook()
    bold = book.add_format({"bold": True, "text_wrap": True, "border": 1})
    for number, table in enumerate(list_tables(content), start=1):
        _write_table(book.add_worksheet(f"附表{number}"), table, content["figures"], bold, notice)
    sheet = book.add_worksheet("数字来源")
    sheet.write_string(0, 0, f"{content['title']} {notice}".strip(), bold)
    sheet.write_row(1, 0, HEADINGS, bold)
    for row, figure in enumerate(content["figures"].values(), start=2):
        _write_figure(sheet, row, figure)
    sheet.set_column(0, 0, 32)
    sheet.set_column(1, len(HEADINGS) - 1, 14)
    sheet.freeze_panes(2, 1)
    return book.content()


def _write_figure(sheet: Any, row: int, figure: dict[str, Any]) -> None:
    scope = "本级" if figure["own"] else "全域"
    question = (figure["label"], figure["branch_name"], scope, figure["period"], figure["category"])
    sheet.write_row(row, 0, question)
    value_column = len(question)
    if figure["value"] is not None:
        sheet.write_number(row, value_column, float(figure["value"]))
    remarks = (
        figure["unit"],
        figure["qualifier"],
        ORIGINS[figure["from"]],
        "、".join(figure["missing"]),
    )
    sheet.write_row(row, value_column + 1, remarks)


def _write_table(
    sheet: Any, table: StoredBlock, figures: StoredFigures, bold: Any, notice: str
) -> None:
    """Write a table; a cell of one figure has the exact value as a comment."""
    sheet.write_string(0, 0, f"{table['title']} {notice}".strip(), bold)
    sheet.write_row(1, 0, table["head"], bold)
    for row, pieces in enumerate(table["rows"], start=2):
        for column, piece in enumerate(pieces):
            if _NUMBER.fullmatch(piece["text"]):
                sheet.write_number(row, column, float(piece["text"]))
            else:
                sheet.write_string(row, column, piece["text"])
            keys = piece.get("figures", [])
            value = figures[keys[0]]["value"] if len(keys) == 1 else None
            if value is not None:
                sheet.write_comment(row, column, f"{value} {figures[keys[0]]['unit']}")
    sheet.set_column(0, len(table["head"]), 16)
    sheet.freeze_panes(2, 1)
