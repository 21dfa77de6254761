"""Tables that many reports print."""

from collections.abc import Iterator, Sequence

from redcross.indicators.declare.declaration import registry
from redcross.indicators.query import formatting
from redcross.indicators.query.resolve import Figure
from redcross.reports.narrative.report_context import (
    CellValue,
    ReportContext,
    ReportTable,
    TextPiece,
    build_table,
)
from redcross.units import Unit


def build_branch_table(
    story: ReportContext, title: str, keys: Sequence[str]
) -> Iterator[ReportTable]:
    """Yield a line for each branch below, in the official order, with its place.

    The place goes by the first indicator; a figure that may not be compared has none.
    """
    first = registry[keys[0]]
    columns = [story.lines(key, by=("branch",)) for key in keys]
    before = story.lines(keys[0], by=("branch",), period=story.period.same_last_year)
    if not all(columns) or not before:
        return
    below = [at for at, figure in enumerate(columns[0]) if not figure.own]
    if not below or all(figure.value is None for column in columns for figure in column):
        return
    places = formatting.places([columns[0][at].value for at in below])
    head = ["单位", *(column_heading(key) for key in keys)]
    compared = first.comparable
    rows: list[list[CellValue | None]] = []
    for at, place in zip(below, places, strict=True):
        row: list[CellValue | None] = [
            columns[0][at].branch.short_name,
            *(format_figure_cell(column[at]) for column in columns),
        ]
        if compared:
            row += [format_change_cell(columns[0][at], before[at]), place]
        rows.append(row)
    if compared:
        head += ["同比", "位次"]
    yield build_table(title, head, rows)


def column_heading(key: str) -> str:
    """Return the heading of an indicator's column, with the unit of all its cells."""
    indicator = registry[key]
    unit = "万元" if indicator.unit is Unit.YUAN else indicator.unit.label
    return f"{indicator.label}（{unit}）"


def format_change_cell(now: Figure, before: Figure) -> TextPiece | None:
    """Write a change below a heading that says against what: 增长2.3%, 持平."""
    percent = formatting.percent_change(now.value, before.value)
    return None if percent is None else TextPiece(formatting.format_change(percent), (now, before))


def format_figure_cell(figure: Figure) -> TextPiece:
    """Write a figure below a heading that says the unit: 1234.58, 38400, 81.3."""
    if figure.value is None:
        return TextPiece(formatting.NO_VALUE, (figure,))
    value = figure.value / 10_000 if figure.indicator.unit is Unit.YUAN else figure.value
    whole = figure.indicator.unit is not Unit.YUAN and value == value.to_integral_value()
    return TextPiece(f"{value:.0f}" if whole else f"{value:.2f}", (figure,))
