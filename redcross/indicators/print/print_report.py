"""A page of figures that leaves the portal: a workbook with native charts, or a PDF to forward."""

import dataclasses
import functools
import io
from collections.abc import Sequence
from decimal import Decimal
from typing import Any, Literal

from django.conf import settings
from reportlab.graphics.charts.barcharts import VerticalBarChart
from reportlab.graphics.charts.lineplots import LinePlot
from reportlab.graphics.shapes import Drawing, Line, String
from reportlab.graphics.widgets.markers import makeMarker
from reportlab.lib import colors
from reportlab.lib.enums import TA_RIGHT
from reportlab.lib.pagesizes import A4, landscape
from reportlab.lib.styles import ParagraphStyle
from reportlab.lib.units import mm
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.cidfonts import UnicodeCIDFont
from reportlab.pdfbase.ttfonts import TTFont
from reportlab.platypus import Flowable, Paragraph, SimpleDocTemplate, Spacer, Table, TableStyle

from redcross.files.workbooks import ExportWorkbook
from redcross.indicators.query.formatting import (
    HIDDEN_VALUE,
    NO_VALUE,
    axis_scale,
    format_exact,
    format_short,
)
from redcross.indicators.query.resolve import Figure
from redcross.units import Unit

# Written by redcross/portal/build.mjs; of it only the characters a PDF shows are embedded.
_FONT_FILE = settings.VAR_DIR / "fonts/NotoSansSC-Regular.ttf"
# Without that file: readers bring this font for Chinese, if their owner installed it.
_FALLBACK_FONT = "STSong-Light"
_ACCENT = colors.HexColor("#8c2727")
_LINE_COLOURS = (_ACCENT, colors.HexColor("#8a8a84"))
_AXIS_LABELS = 12
# Numbers of a chart's axis in 亿 and 万: the commas divide by a thousand each.
_AXIS_FORMAT = r'[>=100000000]0\.00,,"亿";[>=10000]0\.0,"万";0'

PrintCell = str | Figure


@dataclasses.dataclass(frozen=True, slots=True)
class TablePage:
    """One table with its heading, and how its figures are drawn, if they are."""

    title: str
    head: tuple[str, ...]
    rows: Sequence[Sequence[PrintCell]]
    chart: Literal["", "line", "bar"] = ""
    rows_outside_chart: int = 0
    """So many last rows stand in no chart: 本级 is no branch among its own."""

    @property
    def drawn(self) -> Sequence[Sequence[PrintCell]]:
        return self.rows[: len(self.rows) - self.rows_outside_chart]


@dataclasses.dataclass(frozen=True, slots=True)
class PrintReport:
    """What is printed: a title, where the figures come from, and tables."""

    title: str
    said: tuple[str, ...]
    """Lines below the title: cut-off, what is missing, the notice of the demonstration."""
    sheets: tuple[TablePage, ...]


def write_workbook(paper: PrintReport) -> bytes:
    """Return the paper as a workbook: a worksheet a table, exact numbers, native charts."""
    book = ExportWorkbook()
    title = book.add_format({"bold": True, "font_size": 14})
    head = {"bold": True, "border": 1, "text_wrap": True, "valign": "top"}
    first, other = book.add_format(head), book.add_format({**head, "align": "right"})
    told = book.add_format({"align": "right"})
    forms = {
        unit: book.add_format({"num_format": "#,##0.00" if _has_cents(unit) else "#,##0"})
        for unit in Unit
    }
    for at, table in enumerate(paper.sheets, start=1):
        sheet = book.add_worksheet(f"{at} {table.title}"[:31].translate(_FORBIDDEN_IN_NAME))
        sheet.write_string(0, 0, f"{paper.title} {table.title}", title)
        sheet.write_string(1, 0, "；".join(paper.said))
        for column, heading in enumerate(table.head):
            sheet.write_string(3, column, heading, other if column else first)
        for row, cells in enumerate(table.rows, start=4):
            for column, cell in enumerate(cells):
                if isinstance(cell, str):
                    sheet.write_string(row, column, cell, told if column else None)
                elif cell.hidden:
                    sheet.write_string(row, column, HIDDEN_VALUE, told)
                elif cell.value is None and table.chart == "line":
                    continue  # Excel draws a word as zero, and an empty cell as the gap it is.
                elif cell.value is None:
                    sheet.write_string(row, column, NO_VALUE, told)
                else:
                    sheet.write_number(row, column, float(cell.value), forms[cell.indicator.unit])
        sheet.set_column(0, 0, 22)
        sheet.set_column(1, len(table.head), 18)
        sheet.freeze_panes(4, 1)
        if table.chart and table.drawn:
            _add_chart(book, sheet, table)
    return book.content()


_FORBIDDEN_IN_NAME = str.maketrans(dict.fromkeys("[]:*?/\\", " "))


def _has_cents(unit: Unit) -> bool:
    return unit in (Unit.YUAN, Unit.PERCENT)


def _add_chart(book: Any, sheet: Any, table: TablePage) -> None:
    chart = book.add_chart({"type": "line" if table.chart == "line" else "bar"})
    last = 3 + len(table.drawn)
    name = sheet.get_name()
    numbers = [at for at, cell in enumerate(table.rows[0]) if isinstance(cell, Figure)]
    for column in numbers if table.chart == "line" else numbers[:1]:
        chart.add_series(
            {
                "name": [name, 3, column],
                "categories": [name, 4, 0, last, 0],
                "values": [name, 4, column, last, column],
            }
        )
    chart.set_title({"name": table.title})
    values = {"num_format": _AXIS_FORMAT, "major_gridlines": {"visible": True}}
    chart.set_y_axis({"reverse": True} if table.chart == "bar" else values)
    if table.chart == "bar":
        chart.set_x_axis({**values, "crossing": "min"})
        chart.set_legend({"none": True})
    chart.set_size({"width": 720, "height": max(320, 20 * len(table.rows))})
    sheet.insert_chart(3, len(table.head) + 1, chart)


def write_pdf(paper: PrintReport, mark: str = "") -> bytes:
    """Return the paper as A4 pages with its tables and charts, page numbers at the foot.

    `mark` says who takes it along: it runs across every page, light, and stands at the foot.
    """
    buffer = io.BytesIO()
    body = ParagraphStyle("body", fontName=_register_font(), fontSize=9, leading=14, wordWrap="CJK")
    title = ParagraphStyle("title", parent=body, fontSize=16, leading=24)
    heading = ParagraphStyle("heading", parent=body, fontSize=12, leading=20, spaceBefore=8)
    document = SimpleDocTemplate(
        buffer,
        pagesize=landscape(A4),
        leftMargin=14 * mm,
        rightMargin=14 * mm,
        topMargin=14 * mm,
        bottomMargin=16 * mm,
        title=paper.title,
    )
    parts: list[Flowable] = [Paragraph(paper.title, title)]
    parts += [Paragraph(line, body) for line in paper.said]
    for table in paper.sheets:
        parts.append(Paragraph(table.title, heading))
        if table.chart and len(table.drawn) > 1:
            parts += [_draw_chart(table), Spacer(1, 4 * mm)]
        parts.append(_build_table(table, body))
    foot = functools.partial(_draw_footer, mark=mark)
    document.build(parts, onFirstPage=foot, onLaterPages=foot)
    return buffer.getvalue()


@functools.cache
def _register_font() -> str:
    """Return the name of the font of every PDF, registered."""
    if not _FONT_FILE.exists():
        pdfmetrics.registerFont(UnicodeCIDFont(_FALLBACK_FONT))
        return _FALLBACK_FONT
    pdfmetrics.registerFont(TTFont(_FONT_FILE.stem, str(_FONT_FILE)))
    return _FONT_FILE.stem


def _draw_footer(canvas: Any, document: Any, *, mark: str) -> None:
    width, height = landscape(A4)
    canvas.setFont(_register_font(), 8)
    canvas.drawCentredString(width / 2, 8 * mm, f"第 {document.page} 页")
    if not mark:
        return
    canvas.drawString(14 * mm, 8 * mm, mark)
    canvas.saveState()
    canvas.translate(width / 2, height / 2)
    canvas.rotate(25)
    canvas.setFont(_register_font(), 22)
    canvas.setFillColor(colors.HexColor("#8a8a84"), alpha=0.16)
    for at in (-60, 0, 60):
        canvas.drawCentredString(0, at * mm, mark)
    canvas.restoreState()


def _build_table(table: TablePage, body: ParagraphStyle) -> Table:
    number = ParagraphStyle("number", parent=body, alignment=TA_RIGHT)
    rows = [
        [Paragraph(_format_cell(cell), number if at else body) for at, cell in enumerate(cells)]
        for cells in (table.head, *table.rows)
    ]
    made = Table(rows, repeatRows=1)
    made.setStyle(
        TableStyle(
            [
                ("FONTNAME", (0, 0), (-1, -1), _register_font()),
                ("FONTSIZE", (0, 0), (-1, -1), 9),
                ("GRID", (0, 0), (-1, -1), 0.4, colors.HexColor("#bbbbbb")),
                ("BACKGROUND", (0, 0), (-1, 0), colors.HexColor("#f2f2f0")),
                ("VALIGN", (0, 0), (-1, -1), "TOP"),
            ]
        )
    )
    return made


def _format_cell(cell: PrintCell) -> str:
    if isinstance(cell, str):
        return cell.replace("&", "&amp;").replace("<", "&lt;")
    if cell.hidden:
        return HIDDEN_VALUE
    told = format_short(cell.value, cell.indicator.unit, cell.qualifier)
    full = format_exact(cell.value, cell.indicator.unit)
    return told if cell.value is None or told == full.removesuffix(".00") else f"{told}（{full}）"


def _draw_chart(table: TablePage) -> Drawing:
    """Draw a table's figures; the axis counts in 万 or 亿, as its heading says."""
    drawing = Drawing(250 * mm, 62 * mm)
    names = [str(row[0]) for row in table.drawn]
    numbers = [at for at, cell in enumerate(table.rows[0]) if isinstance(cell, Figure)]
    drawn = numbers if table.chart == "line" else numbers[:1]
    known = [[_cell_value(row[column]) for row in table.drawn] for column in drawn]
    told = (abs(each) for column in known for each in column if each is not None)
    size, scale = axis_scale(max(told, default=Decimal(0)))
    data = [[None if each is None else float(each / size) for each in one] for one in known]
    unit = next(cell.unit for cell in table.rows[0] if isinstance(cell, Figure))
    drawing.add(String(4 * mm, 58 * mm, f"{scale}{unit}", fontName=_register_font(), fontSize=8))
    if table.chart == "line":
        drawing.add(_draw_lines(data, names))
        _draw_legend(drawing, [table.head[column] for column in drawn])
        return drawing
    chart = VerticalBarChart()
    chart.x, chart.y, chart.width, chart.height = 20 * mm, 12 * mm, 225 * mm, 42 * mm
    chart.data = [[each or 0 for each in column] for column in data]
    chart.categoryAxis.categoryNames = names
    chart.categoryAxis.labels.fontName = _register_font()
    chart.categoryAxis.labels.fontSize = 7 if len(names) <= 2 * _AXIS_LABELS else 5
    chart.valueAxis.valueMin = 0
    chart.valueAxis.labels.fontName = _register_font()
    chart.valueAxis.labels.fontSize = 7
    chart.bars[0].fillColor = _ACCENT
    drawing.add(chart)
    return drawing


def _draw_lines(data: list[list[float | None]], names: list[str]) -> LinePlot:
    """Draw each column as lines that break where nothing is known: that is no zero."""
    chart = LinePlot()
    chart.x, chart.y, chart.width, chart.height = 20 * mm, 12 * mm, 225 * mm, 42 * mm
    parts = [(at, part) for at, column in enumerate(data) for part in _split_at_gaps(column)]
    chart.data = [part for _, part in parts] or [[(0, 0)]]
    chart.xValueAxis.valueMin, chart.xValueAxis.valueMax = 0, max(1, len(names) - 1)
    chart.xValueAxis.valueSteps = list(range(0, len(names), max(1, len(names) // _AXIS_LABELS)))
    chart.xValueAxis.labelTextFormat = lambda at: names[int(at)]
    chart.xValueAxis.labels.fontName = _register_font()
    chart.xValueAxis.labels.fontSize = 7
    chart.yValueAxis.labels.fontName = _register_font()
    chart.yValueAxis.labels.fontSize = 7
    chart.yValueAxis.valueMin = 0
    for line, (column, _) in enumerate(parts):
        chart.lines[line].strokeColor = _LINE_COLOURS[column % len(_LINE_COLOURS)]
        chart.lines[line].symbol = makeMarker("FilledCircle", size=2.5)
    return chart


def _split_at_gaps(column: list[float | None]) -> list[list[tuple[int, float]]]:
    """Return the runs of a column in which every value is known, with their places."""
    runs: list[list[tuple[int, float]]] = [[]]
    for at, value in enumerate(column):
        if value is not None:
            runs[-1].append((at, value))
        elif runs[-1]:
            runs.append([])
    return [run for run in runs if run]


def _draw_legend(drawing: Drawing, names: list[str]) -> None:
    """Write which colour is which line at the right above the chart."""
    if len(names) < len(_LINE_COLOURS):
        return
    for at, (name, colour) in enumerate(zip(names, _LINE_COLOURS, strict=False)):
        left = (190 + 30 * at) * mm
        drawing.add(Line(left, 59 * mm, left + 8 * mm, 59 * mm, strokeColor=colour))
        drawing.add(String(left + 10 * mm, 58 * mm, name, fontName=_register_font(), fontSize=8))


def _cell_value(cell: PrintCell) -> Decimal | None:
    return None if isinstance(cell, str) else cell.value
