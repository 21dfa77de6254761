"""Tables of the branches below, as many reports print them."""

from collections.abc import Iterator, Sequence

from redcross.indicators.declare.declaration import registry
from redcross.indicators.query import formatting
from redcross.indicators.query.question import Figure
from redcross.reports.narrative.blocks import CellValue, ReportTable, TextPiece, build_table
from redcross.reports.narrative.report_context import ReportContext
from redcross.units import Unit


def build_branch_table(
    context: ReportContext, title: str, keys: Sequence[str]
) -> Iterator[ReportTable]:
    """Yield a table with a row for each branch below, in the official order, with its rank.

    The rank goes by the first indicator; one that is not comparable has no rank. No table
    where no figure has a value.
    """
    columns = [context.lines(key, by=("branch",)) for key in keys]
    before = context.lines(keys[0], by=("branch",), period=context.period.same_last_year)
    if not all(columns) or not before:
        return
    first = columns[0]
    below = [index for index, figure in enumerate(first) if not figure.own]
    if not below or all(figure.value is None for column in columns for figure in column):
        return
    ranks = formatting.rank_values([first[index].value for index in below])
    is_compared = registry[keys[0]].comparable
    rows: list[list[CellValue | None]] = []
    for index, rank in zip(below, ranks, strict=True):
        row: list[CellValue | None] = [
            first[index].branch.short_name,
            *(format_figure_cell(column[index]) for column in columns),
        ]
        if is_compared:
            row += [format_change_cell(first[index], before[index]), rank]
        rows.append(row)
    head = ["单位", *(column_heading(key) for key in keys)]
    if is_compared:
        head += ["同比", "位次"]
    yield build_table(title, head, rows)


def column_heading(key: str) -> str:
    """Return the heading of an indicator's column, with the unit of all its cells."""
    indicator = registry[key]
    unit = "万元" if indicator.unit is Unit.YUAN else indicator.unit.label
    return f"{indicator.label}（{unit}）"


def format_change_cell(now: Figure, before: Figure) -> TextPiece | None:
    """Write a change below a heading that names the comparison: 增长2.3%, 持平."""
    percent = formatting.percent_change(now.value, before.value)
    if percent is None:
        return None
    return TextPiece(formatting.format_change(percent), (now, before))


def format_figure_cell(figure: Figure) -> TextPiece:
    """Write a figure below a heading that names the unit: 1234.58, 38400, 81.3."""
    if figure.value is None:
        return TextPiece(formatting.NO_VALUE, (figure,))
    value = figure.value / 10_000 if figure.indicator.unit is Unit.YUAN else figure.value
    is_whole = figure.indicator.unit is not Unit.YUAN and value == value.to_integral_value()
    return TextPiece(f"{value:.0f}" if is_whole else f"{value:.2f}", (figure,))
