"""The portal's own Word template, laid out as GB/T 9704-2012 asks.

A4, head 37 mm, binding side 28 mm, 22 lines of 28 characters; the title in 小标宋 of
size 2, headings 黑体, the body 仿宋 of size 3 with two characters of indent, page numbers
between dashes, odd pages on the right. Fonts are named and never embedded. An office may
download it, change it in Word or WPS and put its own in its place.
"""

import io
from typing import Any

from docx import Document
from docx.enum.text import WD_ALIGN_PARAGRAPH, WD_LINE_SPACING
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Mm, Pt, RGBColor

TITLE, HEADING, BODY = "方正小标宋简体", "黑体", "仿宋_GB2312"
LATIN = "Times New Roman"
SIZE_2, SIZE_3, SIZE_4 = Pt(22), Pt(16), Pt(14)
LINE = Pt(29)


def official_template() -> bytes:
    """Return the template as a docx."""
    document = Document()
    _page(document)
    _normal(document)
    _line(document, "{%p if notice %}")
    _line(document, "{{ notice }}", size=Pt(10.5), centred=True, indent=False)
    _line(document, "{%p endif %}")
    _line(document, "{%p if number_line %}")
    _line(document, "{{ number_line }}", centred=True, indent=False)
    _line(document, "{%p endif %}")
    _line(document, "{{ title }}", font=TITLE, size=SIZE_2, centred=True, indent=False, after=LINE)
    _line(document, "{%p if addressee %}")
    _line(document, "{{ addressee }}", indent=False)
    _line(document, "{%p endif %}")
    _line(document, "{%p for chapter in chapters %}")
    _line(document, "{%p if chapter.heading %}")
    _line(document, "{{ chapter.heading }}", font=HEADING)
    _line(document, "{%p endif %}")
    _line(document, "{%p for block in chapter.blocks %}")
    _line(document, "{%p if block.text %}")
    _line(document, "{{ block.text }}")
    _line(document, "{%p endif %}")
    _line(document, "{%p if block.rows %}")
    _line(document, "{{ block.title }}", font=HEADING, size=SIZE_4, centred=True, indent=False)
    _table(document)
    _line(document, "{%p endif %}")
    _line(document, "{%p endfor %}")
    _line(document, "{%p endfor %}")
    _line(document, "{%p if notes %}")
    _line(document, "口径说明", font=HEADING, size=SIZE_4)
    _line(document, "{%p for note in notes %}")
    _line(document, "{{ note }}", size=SIZE_4)
    _line(document, "{%p endfor %}")
    _line(document, "{%p endif %}")
    _line(document, "{{ cut_off }}", size=SIZE_4).paragraph_format.keep_with_next = True
    _signature(document, "{{ society }}")
    _signature(document, "{{ date }}")
    _page_numbers(document)
    document.core_properties.author = "红十字会业务门户"
    document.core_properties.title = "报告模板"
    document.core_properties.comments = ""
    buffer = io.BytesIO()
    document.save(buffer)
    return buffer.getvalue()


def _page(document: Any) -> None:
    section = document.sections[0]
    section.page_width, section.page_height = Mm(210), Mm(297)
    section.top_margin, section.bottom_margin = Mm(37), Mm(35)
    section.left_margin, section.right_margin = Mm(28), Mm(26)
    section.footer_distance = Mm(28)
    section.header_distance = Mm(15)


def _normal(document: Any) -> None:
    style = document.styles["Normal"]
    _named(style.element.get_or_add_rPr(), BODY)
    style.font.name = LATIN
    style.font.size = SIZE_3
    _named(style.element.get_or_add_rPr(), BODY)
    form = style.paragraph_format
    form.space_before = form.space_after = Pt(0)
    form.line_spacing_rule = WD_LINE_SPACING.EXACTLY
    form.line_spacing = LINE
    form.widow_control = False


def _named(properties: Any, font: str) -> None:
    fonts = properties.find(qn("w:rFonts"))
    if fonts is None:
        fonts = OxmlElement("w:rFonts")
        properties.insert(0, fonts)
    fonts.set(qn("w:eastAsia"), font)
    fonts.set(qn("w:hint"), "eastAsia")


def _line(
    document: Any,
    text: str,
    *,
    font: str = BODY,
    size: Any = SIZE_3,
    centred: bool = False,
    indent: bool = True,
    after: Any = None,
) -> Any:
    paragraph = document.add_paragraph()
    run = paragraph.add_run(text)
    run.font.size = size
    run.font.name = LATIN
    _named(run._element.get_or_add_rPr(), font)
    if centred:
        paragraph.alignment = WD_ALIGN_PARAGRAPH.CENTER
    else:
        paragraph.alignment = WD_ALIGN_PARAGRAPH.JUSTIFY
    if indent:
        _indent(paragraph, "firstLineChars", 200, "firstLine", 640)
    if after is not None:
        paragraph.paragraph_format.space_after = after
        paragraph.paragraph_format.line_spacing = Pt(34)
    return paragraph


def _indent(paragraph: Any, chars: str, count: int, plain: str, twips: int) -> None:
    properties = paragraph._element.get_or_add_pPr()
    indent = OxmlElement("w:ind")
    indent.set(qn(f"w:{chars}"), str(count))
    indent.set(qn(f"w:{plain}"), str(twips))
    properties.append(indent)


def _signature(document: Any, text: str) -> None:
    """Write signer and date at the right, four characters from the edge."""
    paragraph = document.add_paragraph()
    run = paragraph.add_run(text)
    _named(run._element.get_or_add_rPr(), BODY)
    paragraph.alignment = WD_ALIGN_PARAGRAPH.RIGHT
    paragraph.paragraph_format.keep_with_next = True
    _indent(paragraph, "rightChars", 400, "right", 1280)


def _table(document: Any) -> None:
    """Lay out the rows of a block: one heading row that repeats, one row a line."""
    table = document.add_table(rows=4, cols=3)
    table.style = "Table Grid"
    table.autofit = True
    _fill(table.cell(0, 0), "{%tc for name in block.head %}")
    _fill(table.cell(0, 1), "{{ name }}", font=HEADING)
    _fill(table.cell(0, 2), "{%tc endfor %}")
    _fill(table.cell(1, 0), "{%tr for row in block.rows %}")
    _fill(table.cell(2, 0), "{%tc for text in row %}")
    _fill(table.cell(2, 1), "{{ text }}")
    _fill(table.cell(2, 2), "{%tc endfor %}")
    _fill(table.cell(3, 0), "{%tr endfor %}")
    for width in list(table._tbl.iter(qn("w:tcW"))):  # columns as wide as their words
        width.getparent().remove(width)
    heading = OxmlElement("w:tblHeader")
    heading.set(qn("w:val"), "true")
    table.rows[0]._tr.get_or_add_trPr().append(heading)


def _fill(cell: Any, text: str, *, font: str = BODY) -> None:
    paragraph = cell.paragraphs[0]
    run = paragraph.add_run(text)
    run.font.size = Pt(12)
    run.font.name = LATIN
    _named(run._element.get_or_add_rPr(), font)
    paragraph.alignment = WD_ALIGN_PARAGRAPH.CENTER
    form = paragraph.paragraph_format
    form.line_spacing_rule = WD_LINE_SPACING.SINGLE
    form.space_before = form.space_after = Pt(2)


def _page_numbers(document: Any) -> None:
    """Write — 1 — at the foot: odd pages right, even pages left, a character in."""
    document.settings.odd_and_even_pages_header_footer = True
    section = document.sections[0]
    for footer, side in (
        (section.footer, WD_ALIGN_PARAGRAPH.RIGHT),
        (section.even_page_footer, WD_ALIGN_PARAGRAPH.LEFT),
    ):
        footer.is_linked_to_previous = False
        paragraph = footer.paragraphs[0]
        paragraph.alignment = side
        chars, plain = (
            ("rightChars", "right") if side == WD_ALIGN_PARAGRAPH.RIGHT else ("leftChars", "left")
        )
        _indent(paragraph, chars, 100, plain, 280)
        for text, field in (("— ", ""), ("", "PAGE"), (" —", "")):
            run = paragraph.add_run(text)
            run.font.size = SIZE_4
            run.font.name = "宋体"
            run.font.color.rgb = RGBColor(0, 0, 0)
            _named(run._element.get_or_add_rPr(), "宋体")
            if field:
                _field(run, field)


def _field(run: Any, name: str) -> None:
    for kind in ("begin", "separate", "end"):
        mark = OxmlElement("w:fldChar")
        mark.set(qn("w:fldCharType"), kind)
        run._element.append(mark)
        if kind == "begin":
            code = OxmlElement("w:instrText")
            code.set(qn("xml:space"), "preserve")
            code.text = name
            run._element.append(code)
        elif kind == "separate":
            shown = OxmlElement("w:t")
            shown.text = "1"
            run._element.append(shown)
