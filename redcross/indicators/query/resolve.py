"""The questions one can ask of indicators, and their answers: every figure comes from here.

Exactly one 口径 counts for each subtree and its months. Rows stand before reported
figures: a reported figure counts only where it lies wholly inside the period asked for
and its subtree has no effective row in its months; a higher branch's figure stands
before those of the branches below it, a longer range before a shorter. What does not
count is kept and listed as 账表差异, and never adds. A range that the period cuts gives
no value, and says why. A level (时点数, 累计数) is the latest reported level at or
before the end, plus the movements after it.
"""

import dataclasses
import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from decimal import Decimal
from typing import Any

from django.db import connection

from redcross.branches.choices import Level
from redcross.branches.models import Branch, Population
from redcross.branches.tree import get_tree as all_branches
from redcross.indicators.choices import FigureOrigin, FigureScope, Kind
from redcross.indicators.declare.declaration import PLUS, POPULATION, Indicator
from redcross.indicators.disclosure.disclosure_control import (
    FigureAudience,
    Reader,
    SuppressionPlan,
    figure_audience,
)
from redcross.indicators.models import FigureNote, ReportedFigure
from redcross.indicators.query.formatting import is_record_high
from redcross.indicators.query.labels import fetch_category_labels
from redcross.indicators.query.missing import MissingBranches, fetch_missing_branches
from redcross.indicators.rollup import TABLE
from redcross.periods import Period, add_months

BRANCH, MONTH = "branch", "month"
_SPLIT_RANGE_REASON = "报告期切分了登记的历史数（{label}），无法分摊。"
_FIRST_DAY = dt.date(1900, 1, 1)
_HIDDEN_REASON = "为保护个人信息不显示。"
PERCENT_PLACES = Decimal("0.0001")
CUMULATIVE, RECORD_HIGH = "累计", "历史新高"


@dataclasses.dataclass(frozen=True, slots=True)
class Question:
    """What is asked: by default one figure of a branch's whole subtree.

    `own` asks for exactly the branch, `level` for the own values of the branches of a
    level below it. `by` may hold branch, month and one breakdown;
    `category` one category of it or several joined by +, which are added up.
    """

    indicator: Indicator
    period: Period
    branch: Branch
    own: bool = False
    level: str = ""
    by: tuple[str, ...] = ()
    category: str | None = None

    @property
    def breakdown(self) -> str:
        """The breakdown asked for, "" for the total."""
        return next((name for name in self.by if name not in (BRANCH, MONTH)), "")


@dataclasses.dataclass(frozen=True, slots=True)
class Figure:
    """One value as every screen and report shows it, with what it rests on."""

    indicator: Indicator
    period: Period
    branch: Branch
    own: bool
    value: Decimal | None
    origin: FigureOrigin
    level: str = ""
    month: dt.date | None = None
    breakdown: str = ""
    category_key: str = ""
    category: str = ""
    qualifier: str = ""
    note: str = ""
    why: str = ""
    missing: tuple[str, ...] = ()
    hidden: bool = False
    """Whether there is a value that this reader is not told."""

    @property
    def unit(self) -> str:
        """The unit as it is written behind the value."""
        return str(self.indicator.unit.label)


@dataclasses.dataclass(frozen=True, slots=True)
class _AnswerLine:
    """One line of an answer: whose rows, in which months."""

    branch: Branch
    own: bool
    level: str
    period: Period
    month: dt.date | None


@dataclasses.dataclass(slots=True)
class _RollupCells:
    """The rollup's cells of one indicator and breakdown, as far as asked for."""

    cells: dict[str, list[tuple[str, dt.date, Decimal]]] = dataclasses.field(
        default_factory=lambda: defaultdict(list)
    )
    """Category → (branch code, month, value)."""


def answer_questions(
    *questions: Question, reader: Reader = FigureAudience.OUTSIDE
) -> list[list[Figure]]:
    """Answer each question with its lines; the number of queries does not grow with them.

    Without a reader the answers are those that may leave the portal: small figures of
    sensitive indicators are kept back.
    """
    asked = [part for question in questions for part in _expand_question(question)]
    tree = all_branches().branches
    reported = _fetch_reported(asked, tree)
    rows = _fetch_rollup(asked)
    notes = _fetch_notes(asked)
    labels = fetch_category_labels({(each.indicator, each.breakdown) for each in asked})
    missing = fetch_missing_branches(asked, tree)
    book = Resolver(tree, reported, rows, notes, labels, missing)
    answers = [list(book.answer(question)) for question in questions]
    return _hide_figures(reader, questions, answers, tree)


def answer_question(question: Question, reader: Reader = FigureAudience.OUTSIDE) -> Figure:
    """Answer a question of one line."""
    return answer_questions(question, reader=reader)[0][0]


def _hide_figures(
    reader: Reader,
    questions: Sequence[Question],
    answers: list[list[Figure]],
    tree: Sequence[Branch],
) -> list[list[Figure]]:
    """Keep back what the reader of each question may not be told."""
    audiences = [
        figure_audience(reader, each.branch, each.indicator.domain)
        if each.indicator.is_guarded
        else FigureAudience.RECORDS
        for each in questions
    ]
    if all(each is FigureAudience.RECORDS for each in audiences):
        return answers
    cover = SuppressionPlan((each.indicator for each in questions), tree)

    def told(figure: Figure, audience: FigureAudience) -> Figure:
        nodes = cover.nodes_of(figure.branch, own=figure.own, level=figure.level)
        hides = cover.is_hidden(figure.indicator, figure.period, nodes, figure.breakdown, audience)
        if not hides:
            return figure
        return dataclasses.replace(
            figure, value=None, qualifier="", note="", why=_HIDDEN_REASON, hidden=True
        )

    return [
        [told(figure, audience) for figure in lines]
        if audience is not FigureAudience.RECORDS
        else lines
        for lines, audience in zip(answers, audiences, strict=True)
    ]


def _expand_question(question: Question) -> list[Question]:
    """Return the questions whose data have to be fetched: a ratio asks two others."""
    indicator = question.indicator
    if indicator.kind is Kind.RATIO and indicator.of and indicator.over:
        return [
            part
            for each in (indicator.of, indicator.over)
            for part in _expand_question(dataclasses.replace(question, indicator=each))
        ]
    if indicator.kind in (Kind.CUMULATIVE, Kind.BRANCHES) and indicator.of:
        return [question, dataclasses.replace(question, indicator=indicator.of)]
    return [question]


def _fetch_reported(
    asked: Iterable[Question], tree: Iterable[Branch]
) -> dict[tuple[str, str], list[ReportedFigure]]:
    keys = {each.indicator.key for each in asked}
    branches = {branch.pk: branch for branch in tree}
    found: defaultdict[tuple[str, str], list[ReportedFigure]] = defaultdict(list)
    for each in ReportedFigure.objects.filter(indicator__in=keys).order_by("pk"):
        each.branch = branches[each.branch_id]
        found[each.indicator, each.breakdown].append(each)
    if POPULATION.key in keys:
        for count in Population.objects.all():
            found[POPULATION.key, ""].append(
                ReportedFigure(
                    branch=branches[count.branch_id],
                    indicator=POPULATION.key,
                    last_month=dt.date(count.year, 12, 1),
                    value=Decimal(count.people),
                    source=count.source,
                )
            )
    return found


def _fetch_rollup(asked: Sequence[Question]) -> dict[tuple[str, str], _RollupCells]:
    """Fetch every cell that can matter in one query."""
    wanted: dict[tuple[str, str], tuple[str, dt.date]] = {}
    for each in asked:
        key = (each.indicator.key, each.breakdown)
        code, last = wanted.get(key, (each.branch.code, each.period.last))
        shared = _common_prefix(code, each.branch.code)
        wanted[key] = (shared, max(last, each.period.last))
    firsts: dict[tuple[str, str], dt.date] = {}
    cumulated = {
        each.indicator.of.key
        for each in asked
        if each.indicator.kind is Kind.CUMULATIVE and each.indicator.of is not None
    }
    for each in asked:
        key = (each.indicator.key, each.breakdown)
        stock = each.indicator.kind is not Kind.FLOW or each.period.first is None
        first = _FIRST_DAY if stock else each.period.start
        since_ever = each.indicator.key in cumulated or each.indicator.tells_highest
        first = _FIRST_DAY if since_ever else first
        firsts[key] = min(firsts.get(key, first), first)
    found: defaultdict[tuple[str, str], _RollupCells] = defaultdict(_RollupCells)
    if not wanted:
        return found
    values = ", ".join(["(%s, %s, %s, %s::date, %s::date)"] * len(wanted))
    parameters: list[Any] = []
    for (indicator, breakdown), (code, last) in wanted.items():
        parameters += [indicator, breakdown, f"{code}%", firsts[indicator, breakdown], last]
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT r.indicator, r.breakdown, r.category, b.code, r.month, r.value"
            f" FROM (VALUES {values}) q(indicator, breakdown, prefix, first, last)"
            f" JOIN {TABLE} r ON r.indicator = q.indicator AND r.breakdown = q.breakdown"
            " AND r.month BETWEEN q.first AND q.last AND (r.rows <> 0 OR r.value <> 0)"
            " JOIN branches_branch b ON b.id = r.branch_id AND b.code LIKE q.prefix",
            parameters,
        )
        for indicator, breakdown, category, code, month, value in cursor.fetchall():
            found[indicator, breakdown].cells[category].append((code, month, value))
    return found


def _common_prefix(one: str, other: str) -> str:
    if one.startswith(other):
        return other
    while not other.startswith(one):
        one = one[:-1]
    return one


def _fetch_notes(asked: Iterable[Question]) -> list[FigureNote]:
    keys = {each.indicator.key for each in asked}
    return list(FigureNote.objects.filter(indicator__in=keys))


class Resolver:
    """All that was fetched, and the reckoning with it."""

    def __init__(
        self,
        tree: Sequence[Branch],
        reported: dict[tuple[str, str], list[ReportedFigure]],
        rows: dict[tuple[str, str], _RollupCells],
        notes: list[FigureNote],
        labels: dict[tuple[str, str], dict[str, str]],
        missing: MissingBranches,
    ) -> None:
        self.tree = tree
        self.reported = reported
        self.rows = rows
        self.notes = notes
        self.labels = labels
        self.missing = missing
        self._sorted: dict[tuple[str, str, str, str, bool], Any] = {}

    # lines ------------------------------------------------------------------

    def answer(self, question: Question) -> Iterator[Figure]:
        """Yield the lines of one question."""
        for target in self._targets(question):
            for category in self._categories(question):
                yield self._line(question, target, category)

    def _targets(self, question: Question) -> Iterator[_AnswerLine]:
        for branch, own, level in self._branches(question):
            if MONTH not in question.by:
                yield _AnswerLine(branch, own, level, question.period, None)
                continue
            for month in question.period.months:
                yield _AnswerLine(branch, own, level, Period(month, month), month)

    def _branches(self, question: Question) -> Iterator[tuple[Branch, bool, str]]:
        asked = question.branch
        if BRANCH not in question.by:
            yield asked, question.own, question.level
        elif question.level:
            for branch in self.tree:
                if asked.contains(branch) and branch.level == question.level:
                    yield branch, True, ""
        else:
            for branch in self.tree:
                if branch.parent_id == asked.pk:
                    yield branch, False, ""
            yield asked, True, ""

    def _categories(self, question: Question) -> list[str]:
        breakdown = question.breakdown
        if not breakdown:
            return [""]
        if question.category is not None:
            return [self._category_key(question, question.category)]
        key = (question.indicator.key, breakdown)
        of = question.indicator.of
        flow = (of.key, breakdown) if of is not None else key
        known = set(self.rows.get(key, _RollupCells()).cells) | set(
            self.rows.get(flow, _RollupCells()).cells
        )
        known |= {each.category for each in self.reported.get(key, [])}
        labels = list(self.labels.get((question.indicator.key, breakdown), {}))
        ordered = [name for name in labels if name in known]
        return ordered + sorted(known - set(ordered))

    def _category_key(self, question: Question, text: str) -> str:
        labels = self.labels.get((question.indicator.key, question.breakdown), {})
        by_label = {label: key for key, label in labels.items()}
        if text in by_label or text in labels or PLUS not in text:
            return by_label.get(text, text)
        return PLUS.join(by_label.get(part, part) for part in text.split(PLUS))

    def _line(self, question: Question, target: _AnswerLine, category: str) -> Figure:
        indicator, breakdown = question.indicator, question.breakdown
        if target.level:
            value, origin, why = self._of_level(question, target, category)
        else:
            value, origin, why = self._value(
                indicator, breakdown, category, target.branch, target.own, target.period
            )
        note = self._note(question, target, category)
        qualifier = note.qualifier if note and note.qualifier else ""
        if not qualifier and origin is not FigureOrigin.ROWS:
            qualifier = self._qualifier(question, target, category)
        if not qualifier and value is not None:
            qualifier = self._derived_qualifier(question, target, category, value)
        labels = self.labels.get((indicator.key, breakdown), {})
        return Figure(
            indicator=indicator,
            period=target.period,
            branch=target.branch,
            own=target.own,
            level=target.level,
            value=value,
            origin=origin,
            month=target.month,
            breakdown=breakdown,
            category_key=category,
            category=PLUS.join(labels.get(part, part) for part in category.split(PLUS)),
            qualifier=qualifier,
            note=note.text if note else "",
            why=why,
            missing=()
            if target.own or target.level
            else self.missing.of(indicator, target.branch, target.period),
        )

    def _of_level(
        self, question: Question, target: _AnswerLine, category: str
    ) -> tuple[Decimal | None, FigureOrigin, str]:
        parts = [
            self._value(
                question.indicator, question.breakdown, category, branch, True, target.period
            )
            for branch in self.tree
            if target.branch.contains(branch) and branch.level == target.level
        ]
        return _combine(parts)

    def _note(self, question: Question, target: _AnswerLine, category: str) -> FigureNote | None:
        for note in self.notes:
            if (
                note.indicator == question.indicator.key
                and note.last_month == target.period.last
                and note.first_month == target.period.first
                and note.breakdown == question.breakdown
                and note.category == category
                and note.branch_id == target.branch.pk
            ):
                return note
        return None

    def _qualifier(self, question: Question, target: _AnswerLine, category: str) -> str:
        for each in self.reported.get((question.indicator.key, question.breakdown), []):
            if (
                each.qualifier
                and each.category == category
                and each.branch_id == target.branch.pk
                and each.last_month <= target.period.last
            ):
                return each.qualifier
        return ""

    def _derived_qualifier(
        self, question: Question, target: _AnswerLine, category: str, value: Decimal
    ) -> str:
        """Return 累计 for a running total, 历史新高 for a year above all before it."""
        indicator, year = question.indicator, target.period.last.year
        if indicator.kind is Kind.CUMULATIVE:
            return CUMULATIVE
        if not indicator.tells_highest or target.period.kind != "year" or target.level:
            return ""
        key = (indicator.key, question.breakdown)
        known = {month.year for _, month, _ in self._months(*key, category, target.branch, False)}
        known |= {each.last_month.year for each in self.reported.get(key, [])}
        earlier = [
            self._value(indicator, question.breakdown, category, target.branch, target.own, each)[0]
            for each in map(Period.year, sorted(known))
            if each.last.year < year
        ]
        return RECORD_HIGH if is_record_high(value, earlier) else ""

    # values -----------------------------------------------------------------

    def _value(
        self,
        indicator: Indicator,
        breakdown: str,
        category: str,
        branch: Branch,
        own: bool,
        period: Period,
    ) -> tuple[Decimal | None, FigureOrigin, str]:
        if PLUS in category:
            return _combine(
                [
                    self._value(indicator, breakdown, part, branch, own, period)
                    for part in category.split(PLUS)
                ]
            )
        match indicator.kind:
            case Kind.FLOW:
                return self._flow(indicator.key, breakdown, category, branch, own, period)
            case Kind.STOCK:
                return self._as_of(
                    indicator.key, indicator.key, breakdown, category, branch, own, period.last
                )
            case Kind.CUMULATIVE:
                assert indicator.of is not None  # noqa: S101  by its declaration
                return self._as_of(
                    indicator.key, indicator.of.key, breakdown, category, branch, own, period.last
                )
            case Kind.STATED:
                return self._stated(indicator.key, breakdown, category, branch, period)
            case Kind.BRANCHES:
                return self._how_many(indicator, branch, own, period)
        return self._ratio(indicator, branch, own, period)

    def _months(
        self,
        key: str,
        breakdown: str,
        category: str,
        branch: Branch,
        own: bool,
    ) -> Iterator[tuple[str, dt.date, Decimal]]:
        for month, cells in self._by_month(key, breakdown, category, branch, own).items():
            for code, value in cells:
                yield code, month, value

    def _by_month(
        self, key: str, breakdown: str, category: str, branch: Branch, own: bool
    ) -> dict[dt.date, list[tuple[str, Decimal]]]:
        """Return a subtree's cells by month, sorted out once: a trend asks for them 48 times."""
        name = (key, breakdown, category, branch.code, own)
        if name not in self._sorted:
            found: defaultdict[dt.date, list[tuple[str, Decimal]]] = defaultdict(list)
            rows = self.rows.get((key, breakdown), _RollupCells())
            mine = branch.code
            for code, month, value in rows.cells.get(category, ()):
                if code == mine if own else code.startswith(mine):
                    found[month].append((code, value))
            self._sorted[name] = dict(found)
        return self._sorted[name]

    def _candidates(
        self,
        key: str,
        breakdown: str,
        category: str,
        branch: Branch,
        own: bool,
    ) -> list[ReportedFigure]:
        """Return the reported figures that may count, those that stand first in front."""
        found = [
            each
            for each in self.reported.get((key, breakdown), [])
            if each.category == category and _belongs_to(each, branch, own=own)
        ]
        return sorted(
            found,
            key=lambda each: (
                len(each.branch.code),
                each.scope == FigureScope.OWN,
                -(each.period.length or 10_000),
                each.last_month,
            ),
        )

    def _flow(
        self,
        key: str,
        breakdown: str,
        category: str,
        branch: Branch,
        own: bool,
        period: Period,
    ) -> tuple[Decimal | None, FigureOrigin, str]:
        by_month = self._by_month(key, breakdown, category, branch, own)
        months = by_month if period.first is None else period.months
        end = period.end
        inside = [
            (code, month, value)
            for month in months
            if month < end
            for code, value in by_month.get(month, ())
        ]
        used: list[ReportedFigure] = []
        cut: list[ReportedFigure] = []
        for each in self._candidates(key, breakdown, category, branch, own):
            its = each.period
            if not its.overlaps(period):
                continue
            start, last = its.start, its.last
            if any(start <= month <= last and _covers(each, code) for code, month, _ in inside):
                continue
            if any(_supersedes(other, each) for other in used):
                continue
            if its not in period:
                cut.append(each)
                continue
            used.append(each)
        for each in cut:
            if not _is_superseded(each, used, period):
                return (
                    None,
                    FigureOrigin.REPORTED,
                    _SPLIT_RANGE_REASON.format(label=each.period.label),
                )
        total = sum((value for _, _, value in inside), Decimal(0))
        total += sum((each.value for each in used), Decimal(0))
        if not inside and not used:
            return None, FigureOrigin.ROWS, "本期没有数据。"
        return total, _combined_origin(bool(inside), bool(used)), ""

    def _as_of(
        self,
        key: str,
        flow_key: str,
        breakdown: str,
        category: str,
        branch: Branch,
        own: bool,
        last: dt.date,
    ) -> tuple[Decimal | None, FigureOrigin, str]:
        levels = [
            each
            for each in self._candidates(key, breakdown, category, branch, own)
            if each.last_month <= last
        ]
        mine = [
            each
            for each in levels
            if each.branch_id == branch.pk and (each.scope == FigureScope.OWN) == own
        ]
        if mine:
            level = max(mine, key=lambda each: (each.last_month, each.pk or 0))
            next_month = add_months(level.last_month, 1)
            after = Period(next_month, max(last, next_month))
            moved = self._moved(key, flow_key, breakdown, category, branch, own, after, last)
            return level.value + (moved or 0), _combined_origin(moved is not None, True), ""
        if levels and not own:
            parts = [
                self._as_of(key, flow_key, breakdown, category, child, False, last)
                for child in self.tree
                if child.parent_id == branch.pk
            ]
            parts.append(self._as_of(key, flow_key, breakdown, category, branch, True, last))
            return _combine(parts)
        moved = self._moved(
            key, flow_key, breakdown, category, branch, own, Period(None, last), last
        )
        return moved, FigureOrigin.ROWS, "" if moved is not None else "没有数据。"

    def _moved(
        self,
        key: str,
        flow_key: str,
        breakdown: str,
        category: str,
        branch: Branch,
        own: bool,
        after: Period,
        last: dt.date,
    ) -> Decimal | None:
        """Return the movements after a level; None where there are none."""
        if after.first is not None and after.first > last:
            return None
        if key != flow_key:
            return self._flow(flow_key, breakdown, category, branch, own, after)[0]
        start = after.start
        values = [
            value
            for _, month, value in self._months(key, breakdown, category, branch, own)
            if start <= month <= last
        ]
        return sum(values, Decimal(0)) if values else None

    def _stated(
        self, key: str, breakdown: str, category: str, branch: Branch, period: Period
    ) -> tuple[Decimal | None, FigureOrigin, str]:
        stated = [
            each
            for each in self.reported.get((key, breakdown), [])
            if each.branch_id == branch.pk
            and each.category == category
            and each.last_month <= period.last
        ]
        if not stated:
            return None, FigureOrigin.REPORTED, "没有登记。"
        latest = max(stated, key=lambda each: (each.last_month, each.pk or 0))
        return latest.value, FigureOrigin.REPORTED, ""

    def _how_many(
        self, indicator: Indicator, branch: Branch, own: bool, period: Period
    ) -> tuple[Decimal | None, FigureOrigin, str]:
        """Count the branches with a figure of their own; one told only above is not known."""
        asked = [
            each for each in self.tree if each == branch or (not own and branch.contains(each))
        ]
        if indicator.of is None:
            return Decimal(len(asked)), FigureOrigin.ROWS, ""
        values: defaultdict[str, Decimal] = defaultdict(Decimal)
        start, last = period.start, period.last
        for code, month, value in self._months(indicator.of.key, "", "", branch, own):
            if start <= month <= last:
                values[code] += value
        for each in self.reported.get((indicator.of.key, ""), []):
            if each.scope == FigureScope.OWN and each.period in period:
                values[each.branch.code] += each.value
        codes = {each.code for each in asked}
        found = sum(1 for code, value in values.items() if value > 0 and code in codes)
        return Decimal(found), FigureOrigin.ROWS, ""

    def _ratio(
        self,
        indicator: Indicator,
        branch: Branch,
        own: bool,
        period: Period,
    ) -> tuple[Decimal | None, FigureOrigin, str]:
        assert indicator.of is not None  # noqa: S101  by its declaration
        assert indicator.over is not None  # noqa: S101
        part, origin, why = self._value(indicator.of, "", "", branch, own, period)
        whole, _, _ = self._value(indicator.over, "", "", branch, own, period)
        if part is None:
            return None, origin, why
        if not whole:
            return None, origin, f"缺少{indicator.over.label}，无法计算。"
        scale = 100 if indicator.unit.value == "PERCENT" else 1
        return (part * scale / whole).quantize(PERCENT_PLACES), origin, ""


def _belongs_to(each: ReportedFigure, branch: Branch, *, own: bool) -> bool:
    if own:
        return each.branch_id == branch.pk and each.scope == FigureScope.OWN
    return each.branch.code.startswith(branch.code)


def _covers(each: ReportedFigure, code: str) -> bool:
    """Tell whether a reported figure speaks of a branch."""
    if each.scope == FigureScope.OWN:
        return each.branch.code == code
    return code.startswith(each.branch.code)


def _supersedes(other: ReportedFigure, each: ReportedFigure) -> bool:
    """Tell whether a figure in use already holds what this one says."""
    return _covers(other, each.branch.code) and other.period.overlaps(each.period)


def _is_superseded(cut: ReportedFigure, used: Iterable[ReportedFigure], period: Period) -> bool:
    """Tell whether figures in use say what a cut range holds inside the period."""
    standing = [each for each in used if _covers(each, cut.branch.code)]
    months = [month for month in cut.period.months if period.start <= month < period.end]
    return bool(months) and all(
        any(each.period.start <= month < each.period.end for each in standing) for month in months
    )


def _combined_origin(has_rows: bool, has_reported: bool) -> FigureOrigin:
    if has_rows and has_reported:
        return FigureOrigin.MIXED
    return FigureOrigin.REPORTED if has_reported else FigureOrigin.ROWS


def _combine(
    parts: Sequence[tuple[Decimal | None, FigureOrigin, str]],
) -> tuple[Decimal | None, FigureOrigin, str]:
    known = [(value, origin) for value, origin, _ in parts if value is not None]
    if not known:
        return None, FigureOrigin.ROWS, "没有数据。"
    origins = {origin for _, origin in known}
    origin = origins.pop() if len(origins) == 1 else FigureOrigin.MIXED
    return sum((value for value, _ in known), Decimal(0)), origin, ""


def parse_level(name: str) -> str:
    """Return the level a command's word means; raise KeyError."""
    return Level[name.upper()].value
