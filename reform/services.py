"""The matrix of reform, and where each key task stands."""

import dataclasses
import datetime as dt
from collections.abc import Iterable, Sequence
from decimal import ROUND_HALF_UP, Decimal

from redcross.branches.models import Branch
from reform.choices import Answer, ItemKind, Light, TaskState
from reform.models import GovernanceFact, GovernanceItem, KeyTask, LightRule, TaskProgress

ANSWER_SYMBOLS = {Answer.YES: "√", Answer.IN_PROGRESS: "○", Answer.NO: "×"}
HUNDRED = Decimal(100)


@dataclasses.dataclass(frozen=True, slots=True)
class ItemSummary:
    """How many branches of a matrix have a measure, and which have not."""

    item: GovernanceItem
    done: int
    of: int
    lacking: tuple[str, ...]

    @property
    def share(self) -> str:
        """The part in percent, to one place; — where there is no branch."""
        if not self.of:
            return "—"
        return f"{compute_percent(self.done, self.of)}%"


@dataclasses.dataclass(frozen=True, slots=True)
class Matrix:
    """Branches by items, as of a day."""

    items: tuple[GovernanceItem, ...]
    rows: tuple[tuple[Branch, tuple[GovernanceFact | None, ...]], ...]
    measured: tuple[ItemSummary, ...]


def compute_percent(part: int, whole: int) -> Decimal:
    """Return a part in percent, to one place, halves up."""
    return (Decimal(part) * 100 / whole).quantize(Decimal("0.1"), ROUND_HALF_UP)


def format_fact(fact: GovernanceFact | None) -> str:
    """Return what stands in a cell: √ ○ ×, words, a number, or nothing told."""
    if fact is None:
        return "—"
    if fact.answer and not fact.words and fact.number is None:
        return ANSWER_SYMBOLS[Answer(fact.answer)]
    return fact.display_text


def build_matrix(
    branches: Sequence[Branch], facts: Iterable[GovernanceFact], *, items: Sequence[GovernanceItem]
) -> Matrix:
    """Lay the facts that hold on a day out by branch and item."""
    told = {(fact.branch_id, fact.item_id): fact for fact in facts}
    rows = tuple(
        (branch, tuple(told.get((branch.pk, item.pk)) for item in items)) for branch in branches
    )
    return Matrix(
        tuple(items), rows, tuple(_summarize_item(item, at, rows) for at, item in enumerate(items))
    )


def _summarize_item(
    item: GovernanceItem,
    at: int,
    rows: Sequence[tuple[Branch, tuple[GovernanceFact | None, ...]]],
) -> ItemSummary:
    if item.kind != ItemKind.MEASURE:
        known = sum(1 for _, cells in rows if cells[at] is not None)
        return ItemSummary(item, known, len(rows), ())
    lacking = []
    for branch, cells in rows:
        fact = cells[at]
        if fact is None or fact.answer != Answer.YES:
            lacking.append(branch.short_name)
    return ItemSummary(item, len(rows) - len(lacking), len(rows), tuple(lacking))


@dataclasses.dataclass(frozen=True, slots=True)
class TaskStatus:
    """A key task, what was last told of it, and its light."""

    task: KeyTask
    latest: TaskProgress | None
    light: Light
    taken_up_by: int = 0
    """How many branches below have taken it up."""


def compute_task_statuses(
    tasks: Sequence[KeyTask], told: Iterable[TaskProgress], *, today: dt.date
) -> list[TaskStatus]:
    """Return where each task stands on a day, by the rule in force."""
    latest: dict[tuple[int, int, str], TaskProgress] = {}
    for each in sorted(told, key=lambda each: (each.told_on, each.pk)):
        latest[each.branch_id, each.year, each.number] = each
    rule = LightRule.objects.filter(effective_on__lte=today).order_by("-effective_on").first()
    return [
        TaskStatus(task, found, compute_light(task, found, rule, today))
        for task in tasks
        for found in [latest.get((task.branch_id, task.year, task.number))]
    ]


def compute_light(
    task: KeyTask, latest: TaskProgress | None, rule: LightRule | None, today: dt.date
) -> Light:
    """Return a task's light: done, or its percentage against the share of its time gone."""
    if latest is not None and latest.state == TaskState.COMPLETED:
        return Light.DONE
    if today > task.due_on or (latest is not None and latest.state == TaskState.BEHIND):
        return Light.RED
    done = latest.percent if latest is not None else Decimal(0)
    begun = dt.date(task.year, 1, 1)
    length = max((task.due_on - begun).days, 1)
    course = min(max(Decimal((today - begun).days) * HUNDRED / length, Decimal(0)), HUNDRED)
    if rule is None:
        return Light.GREEN if done >= course else Light.YELLOW
    return rule.light(done, course)


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
