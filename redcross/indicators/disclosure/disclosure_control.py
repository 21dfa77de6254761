"""Who may read small figures of sensitive indicators, and what is hidden from the others.

Whoever may read the records themselves reads exact figures: the unit, the levels above it,
the desk. Leaders read exact totals, and finer cells by the rule of `suppression.py`. What
leaves the portal (files, reports, programs of others, the big screen) goes by that rule
alone: answers follow it unless the caller names a reader.
"""

import dataclasses
import datetime as dt
import enum
from collections import defaultdict
from collections.abc import Iterable, Sequence
from decimal import Decimal
from typing import Self

from django.db import connection

from redcross.accounts.models import User
from redcross.accounts.rules import READ_ROLES, has_role
from redcross.branches.models import Branch
from redcross.indicators.choices import FigureScope, Kind
from redcross.indicators.declare.declaration import PLUS, Indicator, registry
from redcross.indicators.disclosure.cells import (
    EMPTY_CELL,
    OWN_MARK,
    REST_MARK,
    CellTotal,
    LeafCells,
    add_cells,
)
from redcross.indicators.disclosure.suppression import CategoryTables, SuppressionTable
from redcross.indicators.models import ReportedFigure
from redcross.indicators.rollup import TABLE
from redcross.periods import Period, add_months, month_start


class FigureAudience(enum.Enum):
    """What a reader may see of sensitive figures."""

    RECORDS = "records"
    FIGURES = "figures"
    OUTSIDE = "outside"


@dataclasses.dataclass(frozen=True, slots=True)
class ApiClient:
    """A program that asks in a person's name: its answers leave the portal."""

    user: User


Reader = User | ApiClient | FigureAudience


def figure_audience(reader: Reader, branch: Branch, domain: str) -> FigureAudience:
    """Return what a reader may see of the figures of a branch."""
    if isinstance(reader, FigureAudience):
        return reader
    user = reader.user if isinstance(reader, ApiClient) else reader
    if has_role(user, READ_ROLES, branch, domain=domain):
        return FigureAudience.RECORDS
    return FigureAudience.OUTSIDE if isinstance(reader, ApiClient) else FigureAudience.FIGURES


class SuppressionPlan:
    """Which figures of the guarded indicators of some questions are hidden, by audience."""

    def __init__(self, indicators: Iterable[Indicator], tree: Sequence[Branch]) -> None:
        """Fetch every cell of the guarded indicators: two queries, none where none is guarded."""
        self._tree = tree
        codes = {branch.pk: branch.code for branch in tree}
        self._parents = {
            branch.code: codes[branch.parent_id] for branch in tree if branch.parent_id in codes
        }
        keys = {
            key
            for indicator in indicators
            if indicator.is_guarded
            for key in _related_keys(indicator)
        }
        self._counted = _fetch_counted_cells(keys) if keys else {}
        self._reported = _fetch_reported(keys) if keys else {}
        self._tables: dict[object, SuppressionTable] = {}
        self._category_tables: dict[object, CategoryTables] = {}

    def is_hidden(
        self,
        indicator: Indicator,
        period: Period,
        nodes: Sequence[str],
        breakdown: str,
        audience: FigureAudience,
    ) -> bool:
        """Whether one line of an answer is hidden from an audience.

        `nodes` are the nodes whose values the line adds up, as `line_nodes` returns them.
        """
        if audience is FigureAudience.RECORDS or not indicator.is_guarded:
            return False
        if indicator.kind is Kind.RATIO:
            operands = [
                operand
                for operand in (indicator.base, indicator.denominator)
                if operand is not None
            ]
            return any(self.is_hidden(operand, period, nodes, "", audience) for operand in operands)
        if breakdown or indicator.part_of is not None:
            outside = audience is FigureAudience.OUTSIDE
            return not all(
                self._may_publish_category(indicator, period, node, breakdown, outside=outside)
                for node in nodes
            )
        if audience is FigureAudience.FIGURES:
            return False
        if indicator.kind not in (Kind.FLOW, Kind.STOCK, Kind.CUMULATIVE):
            return True
        return not all(self._may_publish(indicator, period, node) for node in nodes)

    def line_nodes(self, branch: Branch, *, own: bool, level: str) -> list[str]:
        """Return the nodes that a line of an answer adds up."""
        if level:
            return [
                other.code + OWN_MARK
                for other in self._tree
                if branch.contains(other) and other.level == level
            ]
        return [branch.code + OWN_MARK if own else branch.code]

    # Totals ---------------------------------------------------------------------

    def _may_publish(self, indicator: Indicator, period: Period, node: str) -> bool:
        if indicator.kind is Kind.FLOW:
            table = self._table(indicator)
            return table.may_publish(node, start=period.start, end=period.end)
        return self._may_publish_level(indicator, node, period.last)

    def _may_publish_level(self, indicator: Indicator, node: str, last: dt.date) -> bool:
        """Whether a level is published: its parts are those of `query.compute.level_at`."""
        movements = self._table(indicator.base or indicator)
        end = add_months(last, 1)
        own, code = node.endswith(OWN_MARK), node.rstrip(OWN_MARK)
        levels = [
            figure
            for figure in self._reported.get((indicator.key, ""), ())
            if figure.last_month <= last
            and (figure.branch.code == code if own else figure.branch.code.startswith(code))
        ]
        own_months = [
            figure.last_month
            for figure in levels
            if figure.branch.code == code and (figure.scope == FigureScope.OWN) == own
        ]
        if own_months:
            month = max(own_months)
            following = add_months(month, 1)
            return self._level_table(indicator, month).may_publish(
                node, start=month, end=following
            ) and movements.may_publish(node, start=following, end=end)
        if levels and not own:
            children = [child for child, parent in self._parents.items() if parent == code]
            return all(
                self._may_publish_level(indicator, child, last)
                for child in (*children, code + OWN_MARK)
            )
        return movements.may_publish(node, start=dt.date.min, end=end)

    def _table(self, indicator: Indicator) -> SuppressionTable:
        if indicator.key not in self._tables:
            counted = self._counted.get((indicator.key, ""), {}).get("", {})
            cells: LeafCells = counted
            if indicator.kind is Kind.STOCK:
                # Arrivals and departures may cancel out: people are what is protected.
                cells = {key: (people, people) for key, (_, people) in counted.items()}
            elif indicator.kind is Kind.FLOW:
                cells = merge_reported(counted, self._reported.get((indicator.key, ""), ()))
            self._tables[indicator.key] = SuppressionTable(cells, self._parents)
        return self._tables[indicator.key]

    def _level_table(self, indicator: Indicator, month: dt.date) -> SuppressionTable:
        """Return the table of the levels reported for one month."""
        if (indicator.key, month) not in self._tables:
            levels = [
                figure
                for figure in self._reported.get((indicator.key, ""), ())
                if figure.last_month == month
            ]
            self._tables[indicator.key, month] = SuppressionTable(
                merge_reported({}, levels), self._parents
            )
        return self._tables[indicator.key, month]

    # Finer cells ------------------------------------------------------------------

    def _may_publish_category(
        self, indicator: Indicator, period: Period, node: str, breakdown: str, *, outside: bool
    ) -> bool:
        flow = indicator.base or indicator
        if indicator.part_of is not None:
            flow, breakdown = indicator.part_of, PLUS
        # Two breakdowns together would reveal what each of them hides; reported levels of
        # categories have no table of their own.
        if PLUS in breakdown.strip(PLUS) or (
            indicator.kind is not Kind.FLOW and self._reported.get((indicator.key, breakdown))
        ):
            return False
        start = period.start if indicator.kind is Kind.FLOW else dt.date.min
        tables = self._tables_by_category(flow, breakdown)
        return tables.may_publish(node, start=start, end=period.end, outside=outside) and (
            not outside or self._table(flow).may_publish(node, start=start, end=period.end)
        )

    def _tables_by_category(self, flow: Indicator, breakdown: str) -> CategoryTables:
        """Return the tables of a breakdown; of the kinds of the indicator where it is +."""
        key = (flow.key, breakdown)
        if key not in self._category_tables:
            cells = self._kind_cells(flow) if breakdown == PLUS else self._category_cells(key)
            self._category_tables[key] = CategoryTables(self._table(flow), cells, self._parents)
        return self._category_tables[key]

    def _kind_cells(self, flow: Indicator) -> dict[str, LeafCells]:
        """Return the cells of each indicator that is one kind of another."""
        return {
            kind.key: merge_reported(
                self._counted.get((kind.key, ""), {}).get("", {}),
                self._reported.get((kind.key, ""), ()),
            )
            for kind in registry.values()
            if kind.part_of is flow
        }

    def _category_cells(self, key: tuple[str, str]) -> dict[str, LeafCells]:
        """Return the cells of each category of an indicator's breakdown."""
        reported: defaultdict[str, list[ReportedFigure]] = defaultdict(list)
        for figure in self._reported.get(key, ()):
            reported[figure.category].append(figure)
        counted = self._counted.get(key, {})
        return {
            category: merge_reported(counted.get(category, {}), reported.get(category, ()))
            for category in {*counted, *reported}
        }


def _related_keys(indicator: Indicator) -> set[str]:
    """Return the indicators whose cells decide what is published of one."""
    keys = {indicator.key}
    for operand in (indicator.base, indicator.denominator):
        keys |= _related_keys(operand) if operand is not None else set()
    if indicator.part_of is not None:
        keys |= {other.key for other in registry.values() if other.part_of is indicator.part_of}
        keys.add(indicator.part_of.key)
    return keys


_CountedCells = dict[tuple[str, str], dict[str, dict[tuple[str, dt.date], CellTotal]]]


def _fetch_counted_cells(keys: set[str]) -> _CountedCells:
    """Return every counted cell: (indicator, breakdown) → category → (own node, month)."""
    cells: _CountedCells = defaultdict(lambda: defaultdict(dict))
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT r.indicator, r.breakdown, r.category, b.code, r.month, r.value, r.rows"
            f" FROM {TABLE} r JOIN branches_branch b ON b.id = r.branch_id"
            " WHERE r.indicator = ANY(%s) AND (r.rows <> 0 OR r.value <> 0)",
            [sorted(keys)],
        )
        for indicator, breakdown, category, code, month, value, people in cursor.fetchall():
            cell = (value, Decimal(people))
            cells[indicator, breakdown][category][code + OWN_MARK, month] = cell
    return cells


def _fetch_reported(keys: set[str]) -> dict[tuple[str, str], list[ReportedFigure]]:
    reported: defaultdict[tuple[str, str], list[ReportedFigure]] = defaultdict(list)
    for figure in ReportedFigure.objects.filter(indicator__in=keys).select_related("branch"):
        reported[figure.indicator, figure.breakdown].append(figure)
    return reported


def merge_reported(
    counted: LeafCells, figures: Iterable[ReportedFigure]
) -> dict[tuple[str, dt.date], CellTotal]:
    """Return counted cells and, where no records precede them, reported ones.

    A reported figure is placed in its last month. One that includes others below it adds
    only what it contains beyond them.
    """
    reported: dict[tuple[str, dt.date], CellTotal] = {}
    lowest_and_shortest_first = sorted(
        figures, key=lambda figure: (-len(figure.branch.code), figure.period.length or 10_000)
    )
    for figure in lowest_and_shortest_first:
        coverage = _Coverage.from_figure(figure)
        if any(coverage.contains(*key) for key in counted):
            continue
        known = sum(
            (value for key, (value, _) in reported.items() if coverage.contains(*key)), Decimal(0)
        )
        rest = max(figure.value - known, Decimal(0))
        mark = OWN_MARK if coverage.own else REST_MARK
        key = (coverage.code + mark, month_start(figure.last_month))
        reported[key] = add_cells(reported.get(key, EMPTY_CELL), (rest, rest))
    cells = dict(counted)
    for key, cell in reported.items():
        cells[key] = add_cells(cells.get(key, EMPTY_CELL), cell)
    return cells


@dataclasses.dataclass(frozen=True, slots=True)
class _Coverage:
    """The cells that a reported figure includes: a branch or its subtree, and days."""

    code: str
    own: bool
    start: dt.date
    end: dt.date

    @classmethod
    def from_figure(cls, figure: ReportedFigure) -> Self:
        period = figure.period
        own = figure.scope == FigureScope.OWN
        return cls(figure.branch.code, own, period.start, period.end)

    def contains(self, leaf: str, month: dt.date) -> bool:
        """Whether the cell of a leaf in a month is included."""
        is_covered = leaf[:-1] == self.code if self.own else leaf.startswith(self.code)
        return is_covered and self.start <= month < self.end
