"""What a page shows and where: its cards, table rows, terms and paragraphs, without its controls.

A word of a heading or an option of a filter is no content: who asserts a figure names the
card, the row and column, or the section it stands in.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass

import lxml.html
from lxml.html import HtmlElement

_CONTROLS = ".//select | .//script | .//form[contains(@class, 'filters')] | .//button"
_HEADINGS = ("h1", "h2", "h3")


@dataclass(frozen=True, slots=True)
class Page:
    """The main part of a page."""

    main: HtmlElement

    def text(self) -> str:
        return _text(self.main)

    def cards(self) -> Iterator[tuple[str, str, str]]:
        """Yield title, figure and the rest of each card."""
        for card in self.main.iterfind(".//article"):
            title, value = card.find(".//h3"), card.find(".//p[@class='value']")
            if title is not None and value is not None:
                rest = [_text(part) for part in card.iterfind("p") if part is not value]
                yield _text(title), _text(value), " ".join(filter(None, rest))

    def figure(self) -> str:
        """Return the one figure of a figure's own page."""
        value = self.main.find(".//p[@class='value']")
        return "" if value is None else _text(value)

    def rows(self) -> Iterator[dict[str, str]]:
        """Yield the rows of every table with headings, by heading."""
        for table in self.main.iterfind(".//table"):
            head = table.find("thead")
            if head is None:
                continue
            headings = [_text(cell) for cell in head.iterfind(".//th")]
            for row in table.iterfind("tbody/tr"):
                cells = [_text(cell) for cell in row if cell.tag in ("th", "td")]
                if len(cells) == len(headings):
                    yield dict(zip(headings, cells, strict=True))

    def lists(self) -> Iterator[tuple[str, ...]]:
        """Yield section and cells of each row of the tables without headings."""
        for section, element in self._by_section():
            if element.tag == "tr" and element.xpath("not(ancestor::table[1]/thead)"):
                yield (section, *(_text(cell) for cell in element if cell.tag in ("th", "td")))

    def terms(self) -> Iterator[tuple[str, str]]:
        """Yield each term with its description."""
        for term in self.main.iterfind(".//dt"):
            yield _text(term), _text(term.getnext())

    def paragraphs(self) -> Iterator[tuple[str, str]]:
        """Yield section and text of each paragraph and list entry."""
        for section, element in self._by_section():
            if element.tag in ("p", "li"):
                yield section, _text(element)

    def _by_section(self) -> Iterator[tuple[str, HtmlElement]]:
        section = ""
        for element in self.main.iter():
            if element.tag in _HEADINGS:
                section = _text(element)
            yield section, element


def read_page(content: str) -> Page:
    """Read what a page shows its reader, whichever of the two shells it stands in."""
    document = lxml.html.fromstring(content)
    mains = document.xpath("//main | //*[@id='content']")
    for control in mains[0].xpath(_CONTROLS):
        control.drop_tree()
    for end in mains[0].iter("br"):
        end.tail = f" {end.tail or ''}"
    return Page(mains[0])


def _text(element: HtmlElement) -> str:
    return re.sub(r"\s+", " ", element.text_content()).strip()
