"""Exported workbooks: texts never become formulas, and a mark names who exported them."""

import io
import re
import zipfile
from typing import Any

import xlsxwriter
from lxml import etree
from xlsxwriter.worksheet import Worksheet

from redcross.files import FORMULA_PREFIXES

MARK_SHEET_TITLE = "导出信息"
"""Title of the worksheet that names who exported a workbook; skipped when it is uploaded."""
_OPTIONS = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
_MAIN_NS = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_RELATIONSHIPS_NS = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_PACKAGE_NS = "http://schemas.openxmlformats.org/package/2006/relationships"
_CONTENT_TYPES_NS = "http://schemas.openxmlformats.org/package/2006/content-types"
_SHEET_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.worksheet+xml"
_MARK_PART = "xl/worksheets/export-information.xml"
_SHEET_PART = re.compile(r"xl/worksheets/[^/]+\.xml")
MAX_PART_SIZE = 64 * 1024 * 1024
"""A worksheet with more bytes gets no footer: parsing it would exhaust the memory."""
_MAX_FITTED_COLUMNS = 12
# Elements that follow the header and footer of a worksheet in the standard.
_AFTER_FOOTER = frozenset(
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


class MarkError(Exception):
    """The workbook does not follow the standard and cannot be marked."""


class _TextWorksheet(Worksheet):
    """A worksheet whose texts never become formulas, not even when a user edits the cell."""

    owner: "ExportWorkbook"

    def _write_string(self, row: int, col: int, string: str, cell_format: Any = None) -> Any:
        if string.startswith(FORMULA_PREFIXES):
            cell_format = self.owner.quoted_format(cell_format)
        return super()._write_string(row, col, string, cell_format)


class ExportWorkbook(xlsxwriter.Workbook):
    """A workbook that is written in memory."""

    def __init__(self) -> None:
        self.buffer = io.BytesIO()
        self._quoted: dict[Any, Any] = {}
        super().__init__(self.buffer, _OPTIONS)

    def add_worksheet(self, name: str | None = None, worksheet_class: Any = None) -> Any:
        sheet = super().add_worksheet(name, worksheet_class or _TextWorksheet)
        sheet.owner = self
        return sheet

    def quoted_format(self, cell_format: Any) -> Any:
        """Return a format with the quote prefix, by which Excel treats a cell as text."""
        if cell_format not in self._quoted:
            made = self.add_format()
            numbers = {"xf_index", "dxf_index", "xf_format_indices", "dxf_format_indices"}
            attributes = vars(cell_format or made)
            made.__dict__.update({name: attributes[name] for name in attributes.keys() - numbers})
            made.set_quote_prefix()
            self._quoted[cell_format] = made
        return self._quoted[cell_format]

    def content(self) -> bytes:
        """Close the workbook and return it."""
        for sheet in self.worksheets():
            set_page_layout(sheet, (sheet.dim_colmax or 0) + 1)
        self.close()
        return self.buffer.getvalue()


def set_page_layout(sheet: Any, columns: int) -> None:
    """Set A4 landscape, fitted to one page in width unless there are too many columns."""
    sheet.set_paper(9)
    sheet.set_landscape()
    if columns <= _MAX_FITTED_COLUMNS:
        sheet.fit_to_pages(1, 0)


def add_mark(content: bytes, line: str) -> bytes:
    """Return a workbook with the line in the footer of every page and on a separate worksheet.

    The parts of the file are edited in place, so that charts, comments and colours remain.
    """
    buffer = io.BytesIO()
    try:
        with (
            zipfile.ZipFile(io.BytesIO(content)) as source,
            zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as target,
        ):
            names = source.namelist()
            if "xl/workbook.xml" not in names:
                raise MarkError
            for name in names:
                if name != _MARK_PART:  # replaces the mark of an earlier export
                    target.writestr(name, _mark_part(name, source.read(name), line))
            target.writestr(_MARK_PART, _mark_sheet(line))
    except (zipfile.BadZipFile, etree.XMLSyntaxError, ValueError):
        raise MarkError from None
    return buffer.getvalue()


def _mark_part(name: str, part: bytes, line: str) -> bytes:
    match name:
        case "[Content_Types].xml":
            root = _parse_xml(part)
            if f'PartName="/{_MARK_PART}"'.encode() in part:
                return part
            etree.SubElement(
                root,
                f"{{{_CONTENT_TYPES_NS}}}Override",
                PartName=f"/{_MARK_PART}",
                ContentType=_SHEET_TYPE,
            )
        case "xl/workbook.xml":
            root = _parse_xml(part)
            sheets = root.find(f"{{{_MAIN_NS}}}sheets")
            if sheets is None:
                raise MarkError
            if b"rIdExported" in part:
                return part
            ids = [int(element.get("sheetId", "0")) for element in sheets]
            titles = {element.get("name") for element in sheets}
            title = (
                MARK_SHEET_TITLE
                if MARK_SHEET_TITLE not in titles
                else f"{MARK_SHEET_TITLE}{len(ids) + 1}"
            )
            etree.SubElement(
                sheets,
                f"{{{_MAIN_NS}}}sheet",
                {
                    "name": title,
                    "sheetId": str(max(ids) + 1),
                    f"{{{_RELATIONSHIPS_NS}}}id": "rIdExported",
                },
            )
        case "xl/_rels/workbook.xml.rels":
            if b"rIdExported" in part:
                return part
            root = _parse_xml(part)
            etree.SubElement(
                root,
                f"{{{_PACKAGE_NS}}}Relationship",
                Id="rIdExported",
                Type=f"{_RELATIONSHIPS_NS}/worksheet",
                Target=f"/{_MARK_PART}",
            )
        case _ if _SHEET_PART.fullmatch(name) and len(part) <= MAX_PART_SIZE:
            root = _parse_xml(part)
            _set_footer(root, line)
        case _:
            return part
    return etree.tostring(root, xml_declaration=True, encoding="UTF-8", standalone=True)


def _parse_xml(part: bytes) -> Any:
    return etree.fromstring(
        part, etree.XMLParser(resolve_entities=False, no_network=True, huge_tree=True)
    )


def _set_footer(root: Any, line: str) -> None:
    for old in root.findall(f"{{{_MAIN_NS}}}headerFooter"):
        root.remove(old)
    foot = etree.Element(f"{{{_MAIN_NS}}}headerFooter")
    text = line.replace("&", "&&")[:200]  # Excel accepts at most 255 characters here
    etree.SubElement(foot, f"{{{_MAIN_NS}}}oddFooter").text = f"&L&8{text}&R&8&P/&N"
    followers = [element for element in root if etree.QName(element).localname in _AFTER_FOOTER]
    if followers:
        followers[0].addprevious(foot)
    else:
        root.append(foot)


def _mark_sheet(line: str) -> bytes:
    root = etree.Element(f"{{{_MAIN_NS}}}worksheet", nsmap={None: _MAIN_NS})
    data = etree.SubElement(root, f"{{{_MAIN_NS}}}sheetData")
    lines = (MARK_SHEET_TITLE, line, "本文件只供工作使用；转交他人前请确认对方有权查看。")
    for at, text in enumerate(lines, start=1):
        row = etree.SubElement(data, f"{{{_MAIN_NS}}}row", r=str(at))
        cell = etree.SubElement(row, f"{{{_MAIN_NS}}}c", r=f"A{at}", t="inlineStr")
        inline = etree.SubElement(cell, f"{{{_MAIN_NS}}}is")
        etree.SubElement(inline, f"{{{_MAIN_NS}}}t").text = text
    return etree.tostring(root, xml_declaration=True, encoding="UTF-8", standalone=True)
