"""A print report as a PDF on A4 with charts."""

import functools
import io
from decimal import Decimal
from typing import Any

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

from redcross.indicators.print.model import PrintCell, PrintReport, TablePage, cell_value
from redcross.indicators.query.formatting import (
    HIDDEN_VALUE,
    axis_scale,
    format_exact,
    format_short,
)
from redcross.indicators.query.question import Figure

# Written by redcross/portal/build.mjs; of it only the characters a PDF shows are embedded.
_FONT_FILE = settings.VAR_DIR / "fonts/NotoSansSC-Regular.ttf"
# Without that file: readers bring this font for Chinese, if their owner installed it.
_FALLBACK_FONT = "STSong-Light"
_ACCENT = colors.HexColor("#8c2727")
_GREY = colors.HexColor("#8a8a84")
_LINE_COLOURS = (_ACCENT, _GREY)
_AXIS_LABELS = 12
"""How many names fit below the axis of a chart."""


def write_pdf(report: PrintReport, mark: str = "") -> bytes:
    """Return the report as A4 pages with its tables and charts, page numbers at the foot.

    `mark` names whoever downloads it: it is printed across every page, light, and at the foot.
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
        title=report.title,
    )
    parts: list[Flowable] = [Paragraph(report.title, title)]
    parts += [Paragraph(line, body) for line in report.remarks]
    for page in report.pages:
        parts.append(Paragraph(page.title, heading))
        if page.chart and len(page.charted_rows) > 1:
            parts += [_draw_chart(page), Spacer(1, 4 * mm)]
        parts.append(_build_table(page, body))
    footer = functools.partial(_draw_footer, mark=mark)
    document.build(parts, onFirstPage=footer, onLaterPages=footer)
    return buffer.getvalue()


@functools.cache
def _register_font() -> str:
    """Register the font of every PDF once; return its name."""
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
    canvas.setFillColor(_GREY, alpha=0.16)
    for offset in (-60, 0, 60):
        canvas.drawCentredString(0, offset * mm, mark)
    canvas.restoreState()


# Tables -------------------------------------------------------------------------


def _build_table(page: TablePage, body: ParagraphStyle) -> Table:
    number = ParagraphStyle("number", parent=body, alignment=TA_RIGHT)
    rows = [
        [Paragraph(_format_cell(cell), number if column else body) for column, cell in line]
        for line in map(enumerate, (page.head, *page.rows))
    ]
    table = Table(rows, repeatRows=1)
    table.setStyle(
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
    return table


def _format_cell(cell: PrintCell) -> str:
    """Return a cell as XML text: a shortened figure is followed by its exact value."""
    if isinstance(cell, str):
        return cell.replace("&", "&amp;").replace("<", "&lt;")
    if cell.hidden:
        return HIDDEN_VALUE
    short = format_short(cell.value, cell.indicator.unit, cell.qualifier)
    exact = format_exact(cell.value, cell.indicator.unit)
    if cell.value is None or short == exact.removesuffix(".00"):
        return short
    return f"{short}（{exact}）"


# Charts -------------------------------------------------------------------------


def _draw_chart(page: TablePage) -> Drawing:
    """Draw a table's figures; the axis counts in 万 or 亿, as its heading says."""
    drawing = Drawing(250 * mm, 62 * mm)
    names = [str(row[0]) for row in page.charted_rows]
    columns = [
        [cell_value(row[column]) for row in page.charted_rows] for column in page.charted_columns
    ]
    largest = max(
        (abs(value) for column in columns for value in column if value is not None),
        default=Decimal(0),
    )
    size, scale = axis_scale(largest)
    data = [[None if value is None else float(value / size) for value in one] for one in columns]
    unit = next(cell.unit for cell in page.rows[0] if isinstance(cell, Figure))
    drawing.add(String(4 * mm, 58 * mm, f"{scale}{unit}", fontName=_register_font(), fontSize=8))
    if page.chart == "line":
        drawing.add(_draw_lines(data, names))
        _draw_legend(drawing, [page.head[column] for column in page.charted_columns])
    else:
        drawing.add(_draw_bars(data, names))
    return drawing


def _draw_bars(data: list[list[float | None]], names: list[str]) -> VerticalBarChart:
    chart = VerticalBarChart()
    _set_frame(chart)
    chart.data = [[value or 0 for value in column] for column in data]
    chart.categoryAxis.categoryNames = names
    font_size = 7 if len(names) <= 2 * _AXIS_LABELS else 5
    _set_axis_font(chart.categoryAxis, font_size)
    _set_axis_font(chart.valueAxis)
    chart.valueAxis.valueMin = 0
    chart.bars[0].fillColor = _ACCENT
    return chart


def _draw_lines(data: list[list[float | None]], names: list[str]) -> LinePlot:
    """Draw each column as lines that break where a value is unknown: unknown is not zero."""
    chart = LinePlot()
    _set_frame(chart)
    runs = [(index, run) for index, column in enumerate(data) for run in _split_at_gaps(column)]
    chart.data = [run for _, run in runs] or [[(0, 0)]]
    chart.xValueAxis.valueMin, chart.xValueAxis.valueMax = 0, max(1, len(names) - 1)
    chart.xValueAxis.valueSteps = list(range(0, len(names), max(1, len(names) // _AXIS_LABELS)))
    chart.xValueAxis.labelTextFormat = lambda position: names[int(position)]
    _set_axis_font(chart.xValueAxis)
    _set_axis_font(chart.yValueAxis)
    chart.yValueAxis.valueMin = 0
    for line, (column, _) in enumerate(runs):
        chart.lines[line].strokeColor = _LINE_COLOURS[column % len(_LINE_COLOURS)]
        chart.lines[line].symbol = makeMarker("FilledCircle", size=2.5)
    return chart


def _set_frame(chart: Any) -> None:
    chart.x, chart.y, chart.width, chart.height = 20 * mm, 12 * mm, 225 * mm, 42 * mm


def _set_axis_font(axis: Any, size: int = 7) -> None:
    axis.labels.fontName = _register_font()
    axis.labels.fontSize = size


def _split_at_gaps(column: list[float | None]) -> list[list[tuple[int, float]]]:
    """Return the runs of known values of a column, each value with its position."""
    runs: list[list[tuple[int, float]]] = [[]]
    for index, value in enumerate(column):
        if value is not None:
            runs[-1].append((index, value))
        elif runs[-1]:
            runs.append([])
    return [run for run in runs if run]


def _draw_legend(drawing: Drawing, names: list[str]) -> None:
    """Write which colour is which line at the right above the chart."""
    if len(names) < len(_LINE_COLOURS):
        return
    for index, (name, colour) in enumerate(zip(names, _LINE_COLOURS, strict=False)):
        left = (190 + 30 * index) * mm
        drawing.add(Line(left, 59 * mm, left + 8 * mm, 59 * mm, strokeColor=colour))
        drawing.add(String(left + 10 * mm, 58 * mm, name, fontName=_register_font(), fontSize=8))
