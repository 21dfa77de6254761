"""Values that a test expects on a page, each with the place it stands in.

An expected text that ends in … is the beginning of the shown one.
"""

from dataclasses import dataclass


@dataclass(frozen=True)
class Card:
    """A card with a figure, and what stands below the figure."""

    title: str
    value: str
    note: str = ""

    def is_shown(self, page):
        return any(
            (title, value) == (self.title, self.value) and self.note in note
            for title, value, note in page.cards()
        )


@dataclass(frozen=True)
class Figure:
    """The figure of its own page."""

    value: str

    def is_shown(self, page):
        return page.figure() == self.value


@dataclass(frozen=True)
class Row:
    """Cells of one row by their headings; one that ends in … may go on."""

    cells: tuple[tuple[str, str], ...]

    def is_shown(self, page):
        return any(
            all(_is_like(row.get(heading, ""), text) for heading, text in self.cells)
            for row in page.rows()
        )


@dataclass(frozen=True)
class Listed:
    """Section and cells of a row in a table without headings; the last may be left out."""

    cells: tuple[str, ...]

    def is_shown(self, page):
        return any(
            len(row) >= len(self.cells) and all(map(_is_like, row, self.cells))
            for row in page.lists()
        )


@dataclass(frozen=True)
class Term:
    """A term and its description."""

    name: str
    text: str

    def is_shown(self, page):
        return any(name == self.name and _is_like(text, self.text) for name, text in page.terms())


@dataclass(frozen=True)
class Paragraph:
    """A paragraph or entry of a section."""

    section: str
    text: str

    def is_shown(self, page):
        return any(
            section == self.section and _is_like(text, self.text)
            for section, text in page.paragraphs()
        )


def _is_like(text, expected):
    if expected.endswith("…"):
        return text.startswith(expected[:-1])
    return text == expected
