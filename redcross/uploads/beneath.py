"""What calamine leaves out of a zipped workbook: numbers shown as per cent, merges of an ODS.

Only the child that opens files uses it. Where anything is odd it tells nothing, and the
reader goes by the values alone.
"""

import dataclasses
import re
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import IO, Any

LARGEST = 100_000_000
"""Bytes of one part that are looked through; a larger one is read by its values alone."""
MOST = 300_000
_BUILT_IN_PER_CENTS = frozenset({"9", "10"})
_CELL = re.compile(rb"<(?:\w+:)?c\b([^>]*)>")
_AT = re.compile(rb'\br="([A-Z]{1,3})([0-9]{1,7})"')
_STYLE = re.compile(rb'\bs="([0-9]+)"')


@dataclasses.dataclass(slots=True)
class Beneath:
    """Of one worksheet, counted from 0: cells shown as per cent, and merged ranges."""

    per_cents: set[tuple[int, int]] = dataclasses.field(default_factory=set)
    merged: list[list[int]] | None = None  # None: calamine knows


def beneath(path: Path) -> dict[str, Beneath]:
    """Return what is known of each worksheet by its name; nothing of what is no archive."""
    if not zipfile.is_zipfile(path):
        return {}
    try:
        with zipfile.ZipFile(path) as archive:
            names = {entry.filename: entry.file_size for entry in archive.infolist()}
            if "content.xml" in names:
                if names["content.xml"] > LARGEST:
                    return {}
                with archive.open("content.xml") as part:
                    return _of_open_document(part)
            return {name: Beneath(cells) for name, cells in _per_cents(archive, names)}
    except Exception:  # noqa: BLE001  lxml's, zipfile's and our own, of a file that is odd
        return {}


def _elements(part: IO[bytes], events: tuple[str, ...] = ("start",)) -> Iterator[tuple[str, Any]]:
    from lxml import etree

    walk = etree.iterparse(part, events=events, resolve_entities=False, no_network=True)
    for event, element in walk:
        yield event, element
        if event == "end":
            element.clear()


def _local(name: str) -> str:
    return name.rpartition("}")[2]


def _attributes(element: Any) -> dict[str, str]:
    return {_local(name): value for name, value in element.attrib.items()}


# Excel -------------------------------------------------------------------------------


def _per_cents(
    archive: zipfile.ZipFile, names: dict[str, int]
) -> Iterator[tuple[str, set[tuple[int, int]]]]:
    styles = _per_cent_styles(archive)
    if not styles:
        return
    with archive.open("xl/_rels/workbook.xml.rels") as part:
        listed = [_attributes(each) for _, each in _elements(part)]
    targets = {each["Id"]: each["Target"] for each in listed if "Id" in each}
    with archive.open("xl/workbook.xml") as part:
        sheets = [_attributes(each) for _, each in _elements(part) if _local(each.tag) == "sheet"]
    for sheet in sheets:
        target = targets.get(sheet.get("id", ""), "")
        name = target.lstrip("/") if target.startswith("/") else f"xl/{target}"
        if 0 < names.get(name, 0) <= LARGEST:
            yield sheet["name"], _styled(archive.read(name), styles)


def _per_cent_styles(archive: zipfile.ZipFile) -> set[bytes]:
    """Return the numbers of the cell styles that show a number as per cent."""
    formats = set(_BUILT_IN_PER_CENTS)
    styles: set[bytes] = set()
    with archive.open("xl/styles.xml") as part:
        count, inside = 0, False
        for event, element in _elements(part, ("start", "end")):
            tag = _local(element.tag)
            if tag == "cellXfs":
                inside = event == "start"
            elif event == "start" and tag == "numFmt":
                shown = element.get("formatCode", "")
                if "%" in re.sub(r'"[^"]*"|\\.', "", shown):
                    formats.add(element.get("numFmtId"))
            elif event == "start" and tag == "xf" and inside:
                if element.get("numFmtId") in formats:
                    styles.add(str(count).encode())
                count += 1
    return styles


def _styled(content: bytes, styles: set[bytes]) -> set[tuple[int, int]]:
    found: set[tuple[int, int]] = set()
    for cell in _CELL.finditer(content):
        style, at = _STYLE.search(cell[1]), _AT.search(cell[1])
        if style and at and style[1] in styles:
            column = 0
            for char in at[1]:
                column = column * 26 + char - 64
            found.add((int(at[2]) - 1, column - 1))
    return found


# OpenDocument ------------------------------------------------------------------------


def _of_open_document(part: IO[bytes]) -> dict[str, Beneath]:
    found: dict[str, Beneath] = {}
    table, row, column = Beneath(merged=[]), 0, 0
    for event, element in _elements(part, ("start", "end")):
        tag = _local(element.tag)
        if event == "end":
            if tag == "table-row":
                row += int(_attributes(element).get("number-rows-repeated", 1))
            continue
        if tag == "table":
            table, row = Beneath(merged=[]), 0
            found[_attributes(element).get("name", "")] = table
        elif tag == "table-row":
            column = 0
        elif tag in ("table-cell", "covered-table-cell"):
            said = _attributes(element)
            wide = int(said.get("number-columns-repeated", 1))
            _note(table, said, row, column)
            column += wide
    return found


def _note(table: Beneath, said: dict[str, str], row: int, column: int) -> None:
    """Keep of one cell that it is merged, and that it is shown as per cent."""
    across = int(said.get("number-columns-spanned", 1))
    down = int(said.get("number-rows-spanned", 1))
    assert table.merged is not None  # noqa: S101  as every table of an ODS begins
    if (across > 1 or down > 1) and len(table.merged) < MOST:
        table.merged.append([row, column, row + down - 1, column + across - 1])
    if said.get("value-type") == "percentage" and len(table.per_cents) < MOST:
        wide = min(int(said.get("number-columns-repeated", 1)), 100)
        table.per_cents |= {(row, column + each) for each in range(wide)}
