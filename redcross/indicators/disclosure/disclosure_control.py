"""Who reads small figures of sensitive indicators, and what the others are told instead.

Whoever may read the records themselves reads exact figures: the unit, the levels above it,
the desk. Leaders read exact totals, and finer cells by the rule of `suppression.py`. What
leaves the portal (files, reports, programs of others, the wall) goes by that rule alone:
it is what an answer is given by unless the caller names a reader.
"""

import dataclasses
import datetime as dt
import enum
from collections import defaultdict
from collections.abc import Iterable, Sequence
from decimal import Decimal

from django.db import connection

from redcross.accounts.models import User
from redcross.accounts.rules import READ_ROLES, has_role
from redcross.branches.models import Branch
from redcross.indicators.choices import FigureScope, Kind
from redcross.indicators.declare.declaration import PLUS, Indicator, registry
from redcross.indicators.disclosure.suppression import (
    OWN_MARK,
    REST_MARK,
    CategoryTables,
    CellTotal,
    LeafCells,
    SuppressionTable,
    add_cells,
)
from redcross.indicators.models import ReportedFigure
from redcross.indicators.rollup import TABLE
from redcross.periods import Period, add_months, month_start


class FigureAudience(enum.Enum):
    """Who reads an answer."""

    RECORDS = "records"
    FIGURES = "figures"
    OUTSIDE = "outside"


@dataclasses.dataclass(frozen=True, slots=True)
class ApiClient:
    """A program that asks in a person's name: it carries away what it is told."""

    user: User


Reader = User | ApiClient | FigureAudience


def figure_audience(reader: Reader, branch: Branch, domain: str) -> FigureAudience:
    """Return what a person is to the figures of a branch."""
    if isinstance(reader, FigureAudience):
        return reader
    user = reader.user if isinstance(reader, ApiClient) else reader
    if has_role(user, READ_ROLES, branch, domain=domain):
        return FigureAudience.RECORDS
    return FigureAudience.OUTSIDE if isinstance(reader, ApiClient) else FigureAudience.FIGURES


class SuppressionPlan:
    """What of the guarded indicators asked about may be told, to whom."""

    def __init__(self, asked: Iterable[Indicator], tree: Sequence[Branch]) -> None:
        """Read every cell of the guarded indicators; two queries, none where none is guarded."""
        self._tree = tree
        codes = {branch.pk: branch.code for branch in tree}
        self._parents = {
            branch.code: codes[branch.parent_id] for branch in tree if branch.parent_id in codes
        }
        keys = {key for each in asked if each.is_guarded for key in _related_keys(each)}
        self._rows = _fetch_counted_cells(keys) if keys else {}
        self._reported = _fetch_reported(keys) if keys else {}
        self._tables: dict[object, SuppressionTable] = {}
        self._categories: dict[object, CategoryTables] = {}

    def is_hidden(
        self,
        indicator: Indicator,
        period: Period,
        nodes: Sequence[str],
        breakdown: str,
        audience: FigureAudience,
    ) -> bool:
        """Tell whether one line of an answer is kept back.

        `nodes` are the branches it adds up, as `node_of` names them.
        """
        if audience is FigureAudience.RECORDS or not indicator.is_guarded:
            return False
        if indicator.kind is Kind.RATIO:
            parts = [each for each in (indicator.of, indicator.over) if each is not None]
            return any(self.is_hidden(each, period, nodes, "", audience) for each in parts)
        if breakdown or indicator.part_of is not None:
            outside = audience is FigureAudience.OUTSIDE
            return not all(
                self._tells_category(indicator, period, each, breakdown, outside=outside)
                for each in nodes
            )
        if audience is FigureAudience.FIGURES:
            return False
        if indicator.kind not in (Kind.FLOW, Kind.STOCK, Kind.CUMULATIVE):
            return True
        return not all(self._tells(indicator, period, each) for each in nodes)

    def nodes_of(self, branch: Branch, *, own: bool, level: str) -> list[str]:
        """Return what a line adds up, as tables know it."""
        if level:
            return [
                each.code + OWN_MARK
                for each in self._tree
                if branch.contains(each) and each.level == level
            ]
        return [branch.code + OWN_MARK if own else branch.code]

    # Totals ---------------------------------------------------------------------

    def _tells(self, indicator: Indicator, period: Period, node: str) -> bool:
        if indicator.kind is Kind.FLOW:
            table = self._table(indicator)
            return table.may_publish(node, start=period.start, end=period.end)
        return self._tells_level(indicator, node, period.last)

    def _tells_level(self, indicator: Indicator, node: str, last: dt.date) -> bool:
        """Follow the way the level itself is reckoned: stated at a day, then moved."""
        moved = self._table(indicator.of or indicator)
        end = add_months(last, 1)
        own, code = node.endswith(OWN_MARK), node.rstrip(OWN_MARK)
        stated = [
            each
            for each in self._reported.get((indicator.key, ""), ())
            if each.last_month <= last
            and (each.branch.code == code if own else each.branch.code.startswith(code))
        ]
        mine = [
            each.last_month
            for each in stated
            if each.branch.code == code and (each.scope == FigureScope.OWN) == own
        ]
        if mine:
            day = max(mine)
            levels = self._levels(indicator, day)
            return levels.may_publish(
                node, start=day, end=add_months(day, 1)
            ) and moved.may_publish(node, start=add_months(day, 1), end=end)
        if stated and not own:
            below = [each for each, above in self._parents.items() if above == code]
            return all(
                self._tells_level(indicator, each, last) for each in (*below, code + OWN_MARK)
            )
        return moved.may_publish(node, start=dt.date.min, end=end)

    def _table(self, indicator: Indicator) -> SuppressionTable:
        if indicator.key not in self._tables:
            rows = self._rows.get((indicator.key, ""), {}).get("", {})
            if indicator.kind is Kind.STOCK:
                # Who comes and who goes may cancel out: people are what is guarded.
                rows = {key: (people, people) for key, (_, people) in rows.items()}
            atoms = dict(rows)
            if indicator.kind is Kind.FLOW:
                atoms = merge_reported(rows, self._reported.get((indicator.key, ""), ()))
            self._tables[indicator.key] = SuppressionTable(atoms, self._parents)
        return self._tables[indicator.key]

    def _levels(self, indicator: Indicator, day: dt.date) -> SuppressionTable:
        if (indicator.key, day) not in self._tables:
            stated = [
                each
                for each in self._reported.get((indicator.key, ""), ())
                if each.last_month == day
            ]
            self._tables[indicator.key, day] = SuppressionTable(
                merge_reported({}, stated), self._parents
            )
        return self._tables[indicator.key, day]

    # Finer cells ------------------------------------------------------------------

    def _tells_category(
        self, indicator: Indicator, period: Period, node: str, breakdown: str, *, outside: bool
    ) -> bool:
        flow = indicator.of or indicator
        if indicator.part_of is not None:
            flow, breakdown = indicator.part_of, PLUS
        # Two breakdowns at once would tell what each of them hides; stated levels of
        # categories have no table of their own.
        if PLUS in breakdown.strip(PLUS) or (
            indicator.kind is not Kind.FLOW and self._reported.get((indicator.key, breakdown))
        ):
            return False
        start = period.start if indicator.kind is Kind.FLOW else dt.date.min
        return self._parted(flow, breakdown).may_publish(
            node, start=start, end=period.end, outside=outside
        ) and (not outside or self._table(flow).may_publish(node, start=start, end=period.end))

    def _parted(self, flow: Indicator, breakdown: str) -> CategoryTables:
        if (flow.key, breakdown) not in self._categories:
            parts: dict[str, LeafCells]
            if breakdown == PLUS:
                parts = {
                    each.key: merge_reported(
                        self._rows.get((each.key, ""), {}).get("", {}),
                        self._reported.get((each.key, ""), ()),
                    )
                    for each in registry.values()
                    if each.part_of is flow
                }
            else:
                stated: defaultdict[str, list[ReportedFigure]] = defaultdict(list)
                for each in self._reported.get((flow.key, breakdown), ()):
                    stated[each.category].append(each)
                rows = self._rows.get((flow.key, breakdown), {})
                parts = {
                    name: merge_reported(rows.get(name, {}), stated.get(name, ()))
                    for name in {*rows, *stated}
                }
            table = self._table(flow)
            self._categories[flow.key, breakdown] = CategoryTables(table, parts, self._parents)
        return self._categories[flow.key, breakdown]


def _related_keys(indicator: Indicator) -> set[str]:
    """Return the indicators whose cells decide what is told of one."""
    keys = {indicator.key}
    for part in (indicator.of, indicator.over):
        keys |= _related_keys(part) if part is not None else set()
    if indicator.part_of is not None:
        keys |= {each.key for each in registry.values() if each.part_of is indicator.part_of}
        keys.add(indicator.part_of.key)
    return keys


_CountedCells = dict[tuple[str, str], dict[str, dict[tuple[str, dt.date], CellTotal]]]


def _fetch_counted_cells(keys: set[str]) -> _CountedCells:
    """Return every counted cell: (indicator, breakdown) → category → (own rows, month)."""
    found: _CountedCells = defaultdict(lambda: defaultdict(dict))
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT r.indicator, r.breakdown, r.category, b.code, r.month, r.value, r.rows"
            f" FROM {TABLE} r JOIN branches_branch b ON b.id = r.branch_id"
            " WHERE r.indicator = ANY(%s) AND (r.rows <> 0 OR r.value <> 0)",
            [sorted(keys)],
        )
        for indicator, breakdown, category, code, month, value, people in cursor.fetchall():
            found[indicator, breakdown][category][code + OWN_MARK, month] = (value, Decimal(people))
    return found


def _fetch_reported(keys: set[str]) -> dict[tuple[str, str], list[ReportedFigure]]:
    found: defaultdict[tuple[str, str], list[ReportedFigure]] = defaultdict(list)
    for each in ReportedFigure.objects.filter(indicator__in=keys).select_related("branch"):
        found[each.indicator, each.breakdown].append(each)
    return found


def merge_reported(
    rows: LeafCells, reported: Iterable[ReportedFigure]
) -> dict[tuple[str, dt.date], CellTotal]:
    """Return counted cells and, where no rows stand before them, reported ones.

    A reported figure lies in its last month. One that speaks of what others below it say
    as well adds only what it tells beyond them.
    """
    atoms: dict[tuple[str, dt.date], CellTotal] = dict(rows)
    told: dict[tuple[str, dt.date], CellTotal] = {}
    shortest_first = sorted(
        reported, key=lambda each: (-len(each.branch.code), each.period.length or 10_000)
    )
    for each in shortest_first:
        own, code = each.scope == FigureScope.OWN, each.branch.code

        def inside(
            leaf: str,
            month: dt.date,
            own: bool = own,
            code: str = code,
            months: Period = each.period,
        ) -> bool:
            covered = leaf[:-1] == code if own else leaf.startswith(code)
            return covered and months.start <= month < months.end

        if any(inside(*key) for key in rows):
            continue
        known = sum((cell[0] for key, cell in told.items() if inside(*key)), Decimal(0))
        rest = max(each.value - known, Decimal(0))
        key = (code + (OWN_MARK if own else REST_MARK), month_start(each.last_month))
        told[key] = add_cells(told.get(key, (Decimal(0), Decimal(0))), (rest, rest))
    for key, cell in told.items():
        atoms[key] = add_cells(atoms.get(key, (Decimal(0), Decimal(0))), cell)
    return atoms
