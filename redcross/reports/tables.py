"""Tables that many reports print."""

from collections.abc import Iterator, Sequence

from redcross.indicators.declare.declaration import registry
from redcross.indicators.query import formatting
from redcross.indicators.query.resolve import Figure
from redcross.reports.story import Said, Story, Table, Told, table
from redcross.units import Unit


def by_branch(story: Story, title: str, keys: Sequence[str]) -> Iterator[Table]:
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
    head = ["单位", *(headed(key) for key in keys)]
    compared = first.comparable
    rows: list[list[Said | None]] = []
    for at, place in zip(below, places, strict=True):
        row: list[Said | None] = [
            columns[0][at].branch.short_name,
            *(in_column(column[at]) for column in columns),
        ]
        if compared:
            row += [change_in_column(columns[0][at], before[at]), place]
        rows.append(row)
    if compared:
        head += ["同比", "位次"]
    yield table(title, head, rows)


def headed(key: str) -> str:
    """Return the heading of an indicator's column, with the unit of all its cells."""
    indicator = registry[key]
    unit = "万元" if indicator.unit is Unit.YUAN else indicator.unit.label
    return f"{indicator.label}（{unit}）"


def change_in_column(now: Figure, before: Figure) -> Told | None:
    """Write a change below a heading that says against what: 增长2.3%, 持平."""
    percent = formatting.change(now.value, before.value)
    return None if percent is None else Told(formatting.change_in_words(percent), (now, before))


def in_column(figure: Figure) -> Told:
    """Write a figure below a heading that says the unit: 1234.58, 38400, 81.3."""
    if figure.value is None:
        return Told(formatting.NOTHING, (figure,))
    value = figure.value / 10_000 if figure.indicator.unit is Unit.YUAN else figure.value
    whole = figure.indicator.unit is not Unit.YUAN and value == value.to_integral_value()
    return Told(f"{value:.0f}" if whole else f"{value:.2f}", (figure,))
