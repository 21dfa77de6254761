"""What the sections of a report are written from: a branch, a period, and their figures.

A section is a function that takes a `ReportContext` and yields paragraphs and tables. It
asks for figures while it runs; they are fetched together, in rounds, so that the number of
queries does not grow with the length of a report.
"""

from collections.abc import Callable, Iterable, Mapping
from typing import TypedDict, Unpack

from redcross.branches.choices import Level
from redcross.branches.models import Branch
from redcross.indicators.choices import FigureOrigin
from redcross.indicators.declare.declaration import registry
from redcross.indicators.query.question import Figure, Question
from redcross.indicators.query.resolve import answer_questions
from redcross.periods import Period
from redcross.reports.narrative.blocks import Block

MAX_ROUNDS = 8


class QuestionOptions(TypedDict, total=False):
    """The parts of a `Question` that a section may set; period and branch are the report's."""

    period: Period
    branch: Branch
    own: bool
    level: str
    by: tuple[str, ...]
    category: str | None


class ReportContext:
    """The branch and months of a report, and the figures that its sections print."""

    def __init__(self, branch: Branch, period: Period) -> None:
        self.branch = branch
        self.period = period
        self._answers: dict[Question, list[Figure]] = {}
        self._pending: dict[Question, None] = {}

    @property
    def area(self) -> str:
        """全省, 全州, 全市, 全县 …: the name of the branch's whole subtree."""
        if self.branch.level == Level.PROVINCE:
            return "全省"
        return f"全{self.branch.short_name[-1]}"

    def lines(self, key: str, **options: Unpack[QuestionOptions]) -> list[Figure]:
        """Return the lines of an answer; none in the round that asks for them first."""
        return self._answer(self._question(key, options))

    def figure(self, key: str, **options: Unpack[QuestionOptions]) -> Figure:
        """Return one figure; one without a value where nothing is known."""
        question = self._question(key, options)
        lines = self._answer(question)
        if lines:
            return lines[0]
        return Figure(
            question.indicator,
            question.period,
            question.branch,
            question.own,
            None,
            FigureOrigin.ROWS,
        )

    def _question(self, key: str, options: QuestionOptions) -> Question:
        return Question(
            registry[key],
            options.get("period", self.period),
            options.get("branch", self.branch),
            own=options.get("own", False),
            level=options.get("level", ""),
            by=options.get("by", ()),
            category=options.get("category"),
        )

    def _answer(self, question: Question) -> list[Figure]:
        if question not in self._answers:
            self._pending[question] = None
        return self._answers.get(question, [])

    def write_sections(self, writers: Mapping[str, "SectionWriter"]) -> dict[str, list[Block]]:
        """Run every writer until none asks for a new figure; return the blocks by key.

        Raise RuntimeError where a section asks for something new in every round.
        """
        for _ in range(MAX_ROUNDS):
            blocks = {key: list(writer(self)) for key, writer in writers.items()}
            if not self._pending:
                return blocks
            pending, self._pending = self._pending, {}
            self._answers.update(zip(pending, answer_questions(*pending), strict=True))
        message = "a section asks for something new in every round"
        raise RuntimeError(message)


SectionWriter = Callable[[ReportContext], Iterable[Block]]
