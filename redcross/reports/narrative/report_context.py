"""Telling figures in sentences: every number keeps the question it answers.

A passage is a function that takes a `Story` and yields paragraphs and tables. It asks
figures as it goes; they are fetched together, in rounds, so that the number of queries
does not grow with the length of a report.
"""

import dataclasses
import re
import string
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from decimal import ROUND_HALF_UP, Decimal

from redcross.branches.choices import Level
from redcross.branches.models import Branch
from redcross.indicators.choices import FigureOrigin
from redcross.indicators.declare.declaration import registry
from redcross.indicators.query import formatting
from redcross.indicators.query.resolve import Figure, Question, answer_questions
from redcross.periods import Period

MAX_ROUNDS = 8
_REPEATED_STOPS = re.compile(r"[。；，\s]*([。；])")


@dataclasses.dataclass(frozen=True, slots=True)
class TextPiece:
    """A few words, and the figures they rest on."""

    text: str
    figures: tuple[Figure, ...] = ()


@dataclasses.dataclass(frozen=True, slots=True)
class Paragraph:
    """Words in order, each with the figures it rests on."""

    pieces: tuple[TextPiece, ...]

    @property
    def text(self) -> str:
        """What a reader reads."""
        return "".join(piece.text for piece in self.pieces)


@dataclasses.dataclass(frozen=True, slots=True)
class ReportTable:
    """A table of words and figures; the first row is the heading."""

    title: str
    head: tuple[str, ...]
    rows: tuple[tuple[TextPiece, ...], ...]


Block = Paragraph | ReportTable
SectionWriter = Callable[["ReportContext"], Iterable[Block]]


class ReportContext:
    """Whose report, of which months, and the figures it may tell."""

    def __init__(self, branch: Branch, period: Period) -> None:
        self.branch = branch
        self.period = period
        self._answers: dict[tuple[object, ...], list[Figure]] = {}
        self._wanted: dict[tuple[object, ...], Question] = {}

    @property
    def where(self) -> str:
        """全省, 全州, 全市, 全县 …: what the branch's whole subtree is called."""
        if self.branch.level == Level.PROVINCE:
            return "全省"
        return f"全{self.branch.short_name[-1]}"

    def lines(
        self,
        key: str,
        *,
        period: Period | None = None,
        branch: Branch | None = None,
        own: bool = False,
        level: str = "",
        by: tuple[str, ...] = (),
        category: str | None = None,
    ) -> list[Figure]:
        """Return an answer's lines; none in the round in which it is first asked."""
        question = Question(
            registry[key],
            period or self.period,
            branch or self.branch,
            own=own,
            level=level,
            by=by,
            category=category,
        )
        token = (key, question.period, question.branch.pk, own, level, by, category)
        if token not in self._answers:
            self._wanted[token] = question
            return []
        return self._answers[token]

    def figure(
        self,
        key: str,
        *,
        period: Period | None = None,
        branch: Branch | None = None,
        own: bool = False,
        level: str = "",
        by: tuple[str, ...] = (),
        category: str | None = None,
    ) -> Figure:
        """Return one figure; one without a value where nothing is known."""
        found = self.lines(
            key, period=period, branch=branch, own=own, level=level, by=by, category=category
        )
        if found:
            return found[0]
        asked = period or self.period
        return Figure(registry[key], asked, branch or self.branch, own, None, FigureOrigin.ROWS)

    def told(self, passages: Mapping[str, SectionWriter]) -> dict[str, list[Block]]:
        """Let every passage tell until none asks anything new."""
        for _ in range(MAX_ROUNDS):
            blocks = {name: list(passage(self)) for name, passage in passages.items()}
            if not self._wanted:
                return blocks
            wanted, self._wanted = self._wanted, {}
            for token, lines in zip(wanted, answer_questions(*wanted.values()), strict=True):
                self._answers[token] = lines
        message = "a passage asks something new in every round"
        raise RuntimeError(message)


CellValue = Figure | TextPiece | str | int


def format_figure(figure: Figure) -> TextPiece:
    """Tell a figure as documents write it: 7.38亿元, 2000余万元, 第2位."""
    text = formatting.format_for_document(figure.value, figure.indicator.unit, figure.qualifier)
    return TextPiece(text, (figure,))


def format_value(value: Decimal | None, *figures: Figure, unit: object = None) -> TextPiece | None:
    """Tell a value reckoned from figures of one unit; nothing where one is missing."""
    if value is None:
        return None
    shown = unit or figures[0].indicator.unit
    return TextPiece(formatting.format_for_document(value, shown), figures)  # type: ignore[arg-type]


def format_difference(one: Figure, other: Figure) -> TextPiece | None:
    """Tell by how much one figure is above another."""
    if one.value is None or other.value is None:
        return None
    return format_value(abs(one.value - other.value), one, other)


def format_change(now: Figure, before: Figure, *, against: str = "同比") -> TextPiece | None:
    """Tell 同比增长2.3%, 同比下降2.3%, 与上年同期持平; nothing without a base."""
    if not now.indicator.comparable:
        return None
    percent = formatting.percent_change(now.value, before.value)
    if percent is None:
        return None
    same = {"同比": "与上年同期持平", "环比": "与上期持平"}[against]
    words = formatting.format_change(percent)
    return TextPiece(same if percent == 0 else f"{against}{words}", (now, before))


def format_share(part: Figure, whole: int) -> TextPiece | None:
    """Tell a part in percent of a whole: 81.3%."""
    if part.value is None or not whole:
        return None
    percent = (part.value * 100 / whole).quantize(Decimal("0.1"), ROUND_HALF_UP)
    return TextPiece(f"{percent}%", (part,))


def fill_clause(template: str, **said: CellValue | None) -> tuple[TextPiece, ...]:
    """Fill a template; nothing at all where one of its figures has no value."""
    pieces: list[TextPiece] = []
    for text, name, _, _ in string.Formatter().parse(template):
        if text:
            pieces.append(TextPiece(text))
        if name is None:
            continue
        value = said[name]
        if isinstance(value, Figure):
            value = None if value.value is None else format_figure(value)
        if value is None:
            return ()
        pieces.append(value if isinstance(value, TextPiece) else TextPiece(str(value)))
    return tuple(pieces)


def join_clauses(
    *clauses: tuple[TextPiece, ...], by: str = "，", end: str = "。"
) -> tuple[TextPiece, ...]:
    """Join the clauses that say something; name the branches that are missing."""
    kept = [each for each in clauses if each]
    if not kept:
        return ()
    pieces = list(kept[0])
    for each in kept[1:]:
        pieces += [TextPiece(by), *each]
    missing = dict.fromkeys(
        name for piece in pieces for figure in piece.figures for name in figure.missing
    )
    if missing:
        pieces.append(TextPiece(f"（不含{'、'.join(missing)}）"))
    return (*pieces, TextPiece(end))


def build_paragraph(*sentences: tuple[TextPiece, ...]) -> Iterator[Paragraph]:
    """Yield a paragraph of the sentences that say something; none where none does."""
    pieces = tuple(piece for each in sentences for piece in each)
    if pieces:
        yield Paragraph(pieces)


def build_text_paragraph(text: str) -> Iterator[Paragraph]:
    """Yield a paragraph without figures, closed by one full stop; none where there is no text.

    What people typed into records may bring stops of its own.
    """
    if text:
        told = _REPEATED_STOPS.sub(r"\1", text)
        yield Paragraph((TextPiece(told if told.endswith(("。", "！", "？")) else f"{told}。"),))


def build_cell(said: CellValue | None) -> TextPiece:
    """Write one cell of a table."""
    if isinstance(said, Figure):
        if said.hidden:
            return TextPiece(formatting.HIDDEN_VALUE, (said,))
        return TextPiece(
            formatting.format_for_document(said.value, said.indicator.unit, said.qualifier), (said,)
        )
    if said is None:
        return TextPiece(formatting.NO_VALUE)
    return said if isinstance(said, TextPiece) else TextPiece(str(said))


def build_table(
    title: str, head: Sequence[str], rows: Iterable[Sequence[CellValue | None]]
) -> ReportTable:
    """Build a table."""
    return ReportTable(
        title, tuple(head), tuple(tuple(build_cell(each) for each in row) for row in rows)
    )


def join_names(texts: Iterable[str], *, most: int = 5) -> str:
    """Join names with 、, the rest as 等: 甲、乙、丙等7项 is left to the caller."""
    return "、".join(list(texts)[:most])
