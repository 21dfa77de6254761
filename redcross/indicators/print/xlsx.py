"""A print report as a workbook with exact numbers and native charts."""

from typing import Any

from redcross.files.workbooks import ExportWorkbook
from redcross.indicators.print.model import PrintCell, PrintReport, TablePage
from redcross.indicators.query.formatting import HIDDEN_VALUE, NO_VALUE
from redcross.units import Unit

_FIRST_ROW = 4
"""The first row of a table, counted from 0: below title, remarks, an empty row, headings."""
# Numbers of a chart's axis in 亿 and 万: the commas divide by a thousand each.
_AXIS_FORMAT = r'[>=100000000]0\.00,,"亿";[>=10000]0\.0,"万";0'
_FORBIDDEN_IN_NAME = str.maketrans(dict.fromkeys("[]:*?/\\", " "))
_MAX_NAME_LENGTH = 31


def write_workbook(report: PrintReport) -> bytes:
    """Return the report as a workbook with a worksheet for each table."""
    book = ExportWorkbook()
    title = book.add_format({"bold": True, "font_size": 14})
    heading = {"bold": True, "border": 1, "text_wrap": True, "valign": "top"}
    first_heading = book.add_format(heading)
    other_heading = book.add_format({**heading, "align": "right"})
    text = book.add_format({"align": "right"})
    numbers = {
        unit: book.add_format({"num_format": "#,##0.00" if _has_cents(unit) else "#,##0"})
        for unit in Unit
    }
    for number, page in enumerate(report.pages, start=1):
        name = f"{number} {page.title}"[:_MAX_NAME_LENGTH].translate(_FORBIDDEN_IN_NAME)
        sheet = book.add_worksheet(name)
        sheet.write_string(0, 0, f"{report.title} {page.title}", title)
        sheet.write_string(1, 0, "；".join(report.remarks))
        for column, label in enumerate(page.head):
            style = other_heading if column else first_heading
            sheet.write_string(_FIRST_ROW - 1, column, label, style)
        for row, cells in enumerate(page.rows, start=_FIRST_ROW):
            for column, cell in enumerate(cells):
                _write_cell(sheet, row, column, cell, text=text, numbers=numbers, chart=page.chart)
        sheet.set_column(0, 0, 22)
        sheet.set_column(1, len(page.head), 18)
        sheet.freeze_panes(_FIRST_ROW, 1)
        if page.chart and page.charted_rows:
            _add_chart(book, sheet, page)
    return book.content()


def _write_cell(
    sheet: Any,
    row: int,
    column: int,
    cell: PrintCell,
    *,
    text: Any,
    numbers: dict[Unit, Any],
    chart: str,
) -> None:
    if isinstance(cell, str):
        sheet.write_string(row, column, cell, text if column else None)
    elif cell.hidden:
        sheet.write_string(row, column, HIDDEN_VALUE, text)
    elif cell.value is not None:
        sheet.write_number(row, column, float(cell.value), numbers[cell.indicator.unit])
    elif chart != "line":  # Excel draws a word as zero, and an empty cell as the gap it is.
        sheet.write_string(row, column, NO_VALUE, text)


def _has_cents(unit: Unit) -> bool:
    return unit in (Unit.YUAN, Unit.PERCENT)


def _add_chart(book: Any, sheet: Any, page: TablePage) -> None:
    is_bar = page.chart == "bar"
    chart = book.add_chart({"type": "bar" if is_bar else "line"})
    heading_row, last_row = _FIRST_ROW - 1, _FIRST_ROW - 1 + len(page.charted_rows)
    name = sheet.get_name()
    for column in page.charted_columns:
        chart.add_series(
            {
                "name": [name, heading_row, column],
                "categories": [name, _FIRST_ROW, 0, last_row, 0],
                "values": [name, _FIRST_ROW, column, last_row, column],
            }
        )
    chart.set_title({"name": page.title})
    values = {"num_format": _AXIS_FORMAT, "major_gridlines": {"visible": True}}
    chart.set_y_axis({"reverse": True} if is_bar else values)
    if is_bar:
        chart.set_x_axis({**values, "crossing": "min"})
        chart.set_legend({"none": True})
    chart.set_size({"width": 720, "height": max(320, 20 * len(page.rows))})
    sheet.insert_chart(_FIRST_ROW - 1, len(page.head) + 1, chart)
