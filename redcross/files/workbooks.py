"""Workbooks that leave: texts that stay texts, and the mark of who took them."""

import io
import re
import zipfile
from typing import Any

import xlsxwriter
from lxml import etree
from xlsxwriter.worksheet import Worksheet

from redcross.files import FORMULA

INFORMATION = "导出信息"
"""The worksheet that tells who took a workbook and when; it is passed over when read back."""
_PLAIN = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
_MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_RELATED = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_PACKAGE = "http://schemas.openxmlformats.org/package/2006/relationships"
_TYPES = "http://schemas.openxmlformats.org/package/2006/content-types"
_SHEET_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.worksheet+xml"
_PART = "xl/worksheets/export-information.xml"
_SHEETS = re.compile(r"xl/worksheets/[^/]+\.xml")
LARGEST_PART = 64 * 1024 * 1024
"""A worksheet of more bytes gets no line at its foot: it would take the memory of the process."""
_MOST_ON_A_PAGE = 12
# What the standard lets stand behind a worksheet's header and footer.
_BEHIND = frozenset(
    [
        "rowBreaks",
        "colBreaks",
        "customProperties",
        "cellWatches",
        "ignoredErrors",
        "smartTags",
        "drawing",
        "drawingHF",
        "legacyDrawing",
        "legacyDrawingHF",
        "picture",
        "oleObjects",
        "controls",
        "webPublishItems",
        "tableParts",
        "extLst",
    ]
)


class UnmarkedError(Exception):
    """The workbook is not built as the standard says, and takes no mark."""


class _Sheet(Worksheet):
    """A worksheet in which no text becomes a formula, not even when a person edits the cell."""

    owner: "Book"

    def _write_string(self, row: int, col: int, string: str, cell_format: Any = None) -> Any:
        if string.startswith(FORMULA):
            cell_format = self.owner.quoted_like(cell_format)
        return super()._write_string(row, col, string, cell_format)


class Book(xlsxwriter.Workbook):
    """A workbook to be written in memory and sent."""

    def __init__(self) -> None:
        self.buffer = io.BytesIO()
        self._quoted: dict[Any, Any] = {}
        super().__init__(self.buffer, _PLAIN)

    def add_worksheet(self, name: str | None = None, worksheet_class: Any = None) -> Any:
        sheet = super().add_worksheet(name, worksheet_class or _Sheet)
        sheet.owner = self
        return sheet

    def quoted_like(self, cell_format: Any) -> Any:
        """Return a format with the mark by which Excel keeps a cell text."""
        if cell_format not in self._quoted:
            made = self.add_format()
            numbers = {"xf_index", "dxf_index", "xf_format_indices", "dxf_format_indices"}
            kept = vars(cell_format or made)
            made.__dict__.update({name: kept[name] for name in kept.keys() - numbers})
            made.set_quote_prefix()
            self._quoted[cell_format] = made
        return self._quoted[cell_format]

    def content(self) -> bytes:
        """Close the workbook and return it."""
        for sheet in self.worksheets():
            lay_out(sheet, (sheet.dim_colmax or 0) + 1)
        self.close()
        return self.buffer.getvalue()


def lay_out(sheet: Any, columns: int) -> None:
    """Print a worksheet on A4 across; as wide as one page, unless nobody could read it then."""
    sheet.set_paper(9)
    sheet.set_landscape()
    if columns <= _MOST_ON_A_PAGE:
        sheet.fit_to_pages(1, 0)


def marked(content: bytes, line: str) -> bytes:
    """Return a workbook with the line at the foot of every printed page and on a sheet of its own.

    The parts of the file are edited in place, so that charts, comments and colours stay.
    """
    buffer = io.BytesIO()
    try:
        with (
            zipfile.ZipFile(io.BytesIO(content)) as source,
            zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as target,
        ):
            names = source.namelist()
            if "xl/workbook.xml" not in names:
                raise UnmarkedError
            for name in names:
                if name != _PART:  # a file that has been here before gets its mark anew
                    target.writestr(name, _edited(name, source.read(name), line))
            target.writestr(_PART, _information(line))
    except (zipfile.BadZipFile, etree.XMLSyntaxError, ValueError):
        raise UnmarkedError from None
    return buffer.getvalue()


def _edited(name: str, part: bytes, line: str) -> bytes:
    match name:
        case "[Content_Types].xml":
            root = _parsed(part)
            if f'PartName="/{_PART}"'.encode() in part:
                return part
            etree.SubElement(
                root, f"{{{_TYPES}}}Override", PartName=f"/{_PART}", ContentType=_SHEET_TYPE
            )
        case "xl/workbook.xml":
            root = _parsed(part)
            sheets = root.find(f"{{{_MAIN}}}sheets")
            if sheets is None:
                raise UnmarkedError
            if b"rIdExported" in part:
                return part
            taken = [int(each.get("sheetId", "0")) for each in sheets]
            titles = {each.get("name") for each in sheets}
            title = INFORMATION if INFORMATION not in titles else f"{INFORMATION}{len(taken) + 1}"
            etree.SubElement(
                sheets,
                f"{{{_MAIN}}}sheet",
                {"name": title, "sheetId": str(max(taken) + 1), f"{{{_RELATED}}}id": "rIdExported"},
            )
        case "xl/_rels/workbook.xml.rels":
            if b"rIdExported" in part:
                return part
            root = _parsed(part)
            etree.SubElement(
                root,
                f"{{{_PACKAGE}}}Relationship",
                Id="rIdExported",
                Type=f"{_RELATED}/worksheet",
                Target=f"/{_PART}",
            )
        case _ if _SHEETS.fullmatch(name) and len(part) <= LARGEST_PART:
            root = _parsed(part)
            _foot(root, line)
        case _:
            return part
    return etree.tostring(root, xml_declaration=True, encoding="UTF-8", standalone=True)


def _parsed(part: bytes) -> Any:
    return etree.fromstring(
        part, etree.XMLParser(resolve_entities=False, no_network=True, huge_tree=True)
    )


def _foot(root: Any, line: str) -> None:
    for old in root.findall(f"{{{_MAIN}}}headerFooter"):
        root.remove(old)
    foot = etree.Element(f"{{{_MAIN}}}headerFooter")
    told = line.replace("&", "&&")[:200]  # Excel takes no more than 255 characters here
    etree.SubElement(foot, f"{{{_MAIN}}}oddFooter").text = f"&L&8{told}&R&8&P/&N"
    behind = [each for each in root if etree.QName(each).localname in _BEHIND]
    if behind:
        behind[0].addprevious(foot)
    else:
        root.append(foot)


def _information(line: str) -> bytes:
    root = etree.Element(f"{{{_MAIN}}}worksheet", nsmap={None: _MAIN})
    data = etree.SubElement(root, f"{{{_MAIN}}}sheetData")
    lines = (INFORMATION, line, "本文件只供工作使用；转交他人前请确认对方有权查看。")
    for at, text in enumerate(lines, start=1):
        row = etree.SubElement(data, f"{{{_MAIN}}}row", r=str(at))
        cell = etree.SubElement(row, f"{{{_MAIN}}}c", r=f"A{at}", t="inlineStr")
        inline = etree.SubElement(cell, f"{{{_MAIN}}}is")
        etree.SubElement(inline, f"{{{_MAIN}}}t").text = text
    return etree.tostring(root, xml_declaration=True, encoding="UTF-8", standalone=True)
