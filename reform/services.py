"""The matrix of reform, and the status of key tasks."""

import dataclasses
import datetime as dt
from collections.abc import Iterable, Sequence
from decimal import ROUND_HALF_UP, Decimal

from redcross.branches.models import Branch
from reform.choices import Answer, ItemKind, Light, TaskState
from reform.models import GovernanceFact, GovernanceItem, KeyTask, LightRule, TaskProgress

ANSWER_SYMBOLS = {Answer.YES: "√", Answer.IN_PROGRESS: "○", Answer.NO: "×"}
_HUNDRED = Decimal(100)


@dataclasses.dataclass(frozen=True, slots=True)
class ItemSummary:
    """How many branches of a matrix have carried out a measure, and which have not."""

    item: GovernanceItem
    done: int
    total: int
    lacking: tuple[str, ...]

    @property
    def share(self) -> str:
        """The part in percent, to one place; — where there is no branch."""
        if not self.total:
            return "—"
        return f"{compute_percent(self.done, self.total)}%"


@dataclasses.dataclass(frozen=True, slots=True)
class Matrix:
    """Branches by items, as of a day."""

    items: tuple[GovernanceItem, ...]
    rows: tuple[tuple[Branch, tuple[GovernanceFact | None, ...]], ...]
    summaries: tuple[ItemSummary, ...]


def compute_percent(part: int, whole: int) -> Decimal:
    """Return a part in percent, to one place, halves up."""
    return (Decimal(part) * 100 / whole).quantize(Decimal("0.1"), ROUND_HALF_UP)


def format_fact(fact: GovernanceFact | None) -> str:
    """Return the text of a cell: √ ○ ×, words, a number, or — where nothing is reported."""
    if fact is None:
        return "—"
    if fact.answer and not fact.words and fact.number is None:
        return ANSWER_SYMBOLS[Answer(fact.answer)]
    return fact.display_text


def build_matrix(
    branches: Sequence[Branch], facts: Iterable[GovernanceFact], *, items: Sequence[GovernanceItem]
) -> Matrix:
    """Arrange the facts that hold on a day by branch and item."""
    fact_of = {(fact.branch_id, fact.item_id): fact for fact in facts}
    rows = tuple(
        (branch, tuple(fact_of.get((branch.pk, item.pk)) for item in items)) for branch in branches
    )
    summaries = tuple(_summarize_item(item, index, rows) for index, item in enumerate(items))
    return Matrix(tuple(items), rows, summaries)


def _summarize_item(
    item: GovernanceItem,
    index: int,
    rows: Sequence[tuple[Branch, tuple[GovernanceFact | None, ...]]],
) -> ItemSummary:
    """Summarize the column at `index`: of measures the answers, else the cells that are filled."""
    if item.kind != ItemKind.MEASURE:
        filled = sum(1 for _, cells in rows if cells[index] is not None)
        return ItemSummary(item, filled, len(rows), ())
    lacking = []
    for branch, cells in rows:
        fact = cells[index]
        if fact is None or fact.answer != Answer.YES:
            lacking.append(branch.short_name)
    return ItemSummary(item, len(rows) - len(lacking), len(rows), tuple(lacking))


@dataclasses.dataclass(frozen=True, slots=True)
class TaskStatus:
    """A key task, its latest progress report, and its light."""

    task: KeyTask
    latest: TaskProgress | None
    light: Light


def compute_task_statuses(
    tasks: Sequence[KeyTask], reports: Iterable[TaskProgress], *, today: dt.date
) -> list[TaskStatus]:
    """Return the status of each task on a day, by the light rule in force."""
    latest: dict[tuple[int, int, str], TaskProgress] = {}
    for report in sorted(reports, key=lambda report: (report.told_on, report.pk)):
        latest[report.branch_id, report.year, report.number] = report
    rule = LightRule.objects.filter(effective_on__lte=today).order_by("-effective_on").first()
    statuses = []
    for task in tasks:
        report_of_task = latest.get((task.branch_id, task.year, task.number))
        light = compute_light(task, report_of_task, rule, today)
        statuses.append(TaskStatus(task, report_of_task, light))
    return statuses


def compute_light(
    task: KeyTask, latest: TaskProgress | None, rule: LightRule | None, today: dt.date
) -> Light:
    """Return a task's light: done, or its percentage against the share of its time elapsed."""
    if latest is not None and latest.state == TaskState.COMPLETED:
        return Light.DONE
    if today > task.due_on or (latest is not None and latest.state == TaskState.BEHIND):
        return Light.RED
    done = latest.percent if latest is not None else Decimal(0)
    start = dt.date(task.year, 1, 1)
    length = max((task.due_on - start).days, 1)
    elapsed = min(max(Decimal((today - start).days) * _HUNDRED / length, Decimal(0)), _HUNDRED)
    if rule is None:
        return Light.GREEN if done >= elapsed else Light.YELLOW
    return rule.light(done, elapsed)


def sort_tasks(tasks: Iterable[KeyTask]) -> list[KeyTask]:
    """Return tasks by number, 2 before 10."""
    return sorted(
        tasks,
        key=lambda task: (
            task.branch.code,
            int(task.number) if task.number.isdigit() else 10_000,
            task.number,
        ),
    )
