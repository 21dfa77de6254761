"""Paragraphs and tables of a report; each piece knows the figures it is based on."""

import dataclasses
from collections.abc import Iterable, Iterator, Sequence

from redcross.indicators.query import formatting
from redcross.indicators.query.question import Figure


@dataclasses.dataclass(frozen=True, slots=True)
class TextPiece:
    """A few words, and the figures they are based on."""

    text: str
    figures: tuple[Figure, ...] = ()


@dataclasses.dataclass(frozen=True, slots=True)
class Paragraph:
    """Pieces of text in order."""

    pieces: tuple[TextPiece, ...]

    @property
    def text(self) -> str:
        """The text as it is read."""
        return "".join(piece.text for piece in self.pieces)


@dataclasses.dataclass(frozen=True, slots=True)
class ReportTable:
    """A table of texts and figures."""

    title: str
    head: tuple[str, ...]
    rows: tuple[tuple[TextPiece, ...], ...]


Block = Paragraph | ReportTable
CellValue = Figure | TextPiece | str | int


def build_paragraph(*sentences: tuple[TextPiece, ...]) -> Iterator[Paragraph]:
    """Yield a paragraph of the sentences that are not empty; none where all are."""
    pieces = tuple(piece for sentence in sentences for piece in sentence)
    if pieces:
        yield Paragraph(pieces)


def build_table(
    title: str, head: Sequence[str], rows: Iterable[Sequence[CellValue | None]]
) -> ReportTable:
    """Build a table; a cell may be a figure, a text, a number or None."""
    return ReportTable(
        title, tuple(head), tuple(tuple(build_cell(value) for value in row) for row in rows)
    )


def build_cell(value: CellValue | None) -> TextPiece:
    """Write one cell of a table; — for None and for a figure without a value."""
    if isinstance(value, Figure):
        return TextPiece(_format_figure(value), (value,))
    if value is None:
        return TextPiece(formatting.NO_VALUE)
    return value if isinstance(value, TextPiece) else TextPiece(str(value))


def _format_figure(figure: Figure) -> str:
    if figure.hidden:
        return formatting.HIDDEN_VALUE
    return formatting.format_for_document(figure.value, figure.indicator.unit, figure.qualifier)
