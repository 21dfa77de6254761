"""The portal's own Word template, laid out as GB/T 9704-2012 asks.

A4, head 37 mm, binding side 28 mm, 22 lines of 28 characters; the title in 小标宋 of
size 2, headings 黑体, the body 仿宋 of size 3 with two characters of indent, page numbers
between dashes, odd pages on the right. Fonts are named and never embedded. An office may
download it, change it in Word or WPS and upload its own instead.
"""

import io
from typing import Any

from docx import Document
from docx.enum.table import WD_TABLE_ALIGNMENT
from docx.enum.text import WD_ALIGN_PARAGRAPH, WD_LINE_SPACING
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Mm, Pt, RGBColor

TITLE, HEADING, SUBHEADING, BODY = "方正小标宋简体", "黑体", "楷体_GB2312", "仿宋_GB2312"
LATIN = "Times New Roman"
SIZE_2, SIZE_3, SIZE_4 = Pt(22), Pt(16), Pt(14)
# 22 lines on 225 mm and 28 characters on 156 mm: slightly less than lines of 29 points, and
# characters of 16 points a quarter of a point closer. A grid of characters (docGrid) would mean
# the same, but Word, WPS and LibreOffice count it differently.
LINE_HEIGHT = Pt(28.95)
CHARACTER_SPACING_TWIPS = -5


def build_official_template() -> bytes:
    """Return the template as a docx."""
    document = Document()
    _set_page(document)
    _set_normal_style(document)
    _add_line(document, "{%p if notice %}")
    _add_line(document, "{{ notice }}", size=Pt(10.5), centred=True, indent=False)
    _add_line(document, "{%p endif %}")
    _add_line(document, "{%p if number_line %}")
    _add_line(document, "{{ number_line }}", centred=True, indent=False)
    _add_line(document, "{%p endif %}")
    _add_line(
        document,
        "{{ title }}",
        font=TITLE,
        size=SIZE_2,
        centred=True,
        indent=False,
        after=LINE_HEIGHT,
    )
    _add_line(document, "{%p if addressee %}")
    _add_line(document, "{{ addressee }}", indent=False)
    _add_line(document, "{%p endif %}")
    _add_chapters(document)
    _add_closing(document)
    _add_annexes(document)
    _add_page_numbers(document)
    document.core_properties.author = "红十字会业务门户"
    document.core_properties.title = "报告模板"
    document.core_properties.comments = ""
    buffer = io.BytesIO()
    document.save(buffer)
    return buffer.getvalue()


def _add_chapters(document: Any) -> None:
    """Lay out headings of two levels, paragraphs and tables."""
    _add_line(document, "{%p for chapter in chapters %}")
    _add_line(document, "{%p if chapter.heading %}")
    _keep_with_next(_add_line(document, "{{ chapter.heading }}", font=HEADING))
    _add_line(document, "{%p endif %}")
    _add_line(document, "{%p for block in chapter.blocks %}")
    _add_line(document, "{%p if block.level %}")
    _keep_with_next(_add_line(document, "{{ block.text }}", font=SUBHEADING))
    _add_line(document, "{%p elif block.text %}")
    _add_line(document, "{{ block.text }}")
    _add_line(document, "{%p endif %}")
    _add_line(document, "{%p if block.rows %}")
    _keep_with_next(
        _add_line(
            document, "{{ block.title }}", font=HEADING, size=SIZE_4, centred=True, indent=False
        )
    )
    _add_table(document, "block")
    _add_line(document, "{%p endif %}")
    _add_line(document, "{%p endfor %}")
    _add_line(document, "{%p endfor %}")


def _add_closing(document: Any) -> None:
    """Lay out 口径说明, 数据截至, the list of annexes, signer and date."""
    _add_line(document, "{%p if notes %}")
    _keep_with_next(_add_line(document, "口径说明", font=HEADING, size=SIZE_4))
    _add_line(document, "{%p for note in notes %}")
    _add_line(document, "{{ note }}", size=SIZE_4)
    _add_line(document, "{%p endfor %}")
    _add_line(document, "{%p endif %}")
    _keep_with_next(_add_line(document, "{{ cut_off }}", size=SIZE_4))
    _add_line(document, "{%p if annex_list %}")
    _keep_with_next(_add_line(document, ""))
    _add_line(document, "{%p for line in annex_list %}")
    _keep_with_next(_add_line(document, "{{ line }}"))
    _add_line(document, "{%p endfor %}")
    _add_line(document, "{%p endif %}")
    _keep_with_next(_add_line(document, ""))
    _keep_with_next(_add_signature(document, "{{ society }}"))
    _add_signature(document, "{{ date }}")


def _add_annexes(document: Any) -> None:
    """Lay out each annex on a page of its own: 附件1, its title, its table."""
    _add_line(document, "{%p for annex in annexes %}")
    label = _add_line(document, "{{ annex.label }}", font=HEADING, indent=False)
    label.paragraph_format.page_break_before = True
    _keep_with_next(
        _add_line(
            document,
            "{{ annex.title }}",
            font=TITLE,
            size=SIZE_2,
            centred=True,
            indent=False,
            after=Pt(14),
        )
    )
    _add_table(document, "annex")
    _add_line(document, "{%p endfor %}")
    # Word ends a document with a paragraph; a small one needs no page of its own.
    _add_line(document, "{%p if annexes %}")
    _add_line(document, "", size=Pt(1), indent=False).paragraph_format.line_spacing = Pt(1)
    _add_line(document, "{%p endif %}")


def _keep_with_next(paragraph: Any) -> Any:
    """Keep a paragraph on the page of the next one."""
    paragraph.paragraph_format.keep_with_next = True
    return paragraph


def _set_page(document: Any) -> None:
    section = document.sections[0]
    section.page_width, section.page_height = Mm(210), Mm(297)
    section.top_margin, section.bottom_margin = Mm(37), Mm(35)
    section.left_margin, section.right_margin = Mm(28), Mm(26)
    section.footer_distance = Mm(28)
    section.header_distance = Mm(15)


def _set_normal_style(document: Any) -> None:
    style = document.styles["Normal"]
    _set_font(style.element.get_or_add_rPr(), BODY)
    style.font.name = LATIN
    style.font.size = SIZE_3
    spacing = OxmlElement("w:spacing")
    spacing.set(qn("w:val"), str(CHARACTER_SPACING_TWIPS))
    style.element.get_or_add_rPr().append(spacing)
    _set_font(style.element.get_or_add_rPr(), BODY)
    paragraph_format = style.paragraph_format
    paragraph_format.space_before = paragraph_format.space_after = Pt(0)
    paragraph_format.line_spacing_rule = WD_LINE_SPACING.EXACTLY
    paragraph_format.line_spacing = LINE_HEIGHT
    paragraph_format.widow_control = False


def _set_font(properties: Any, font: str) -> None:
    fonts = properties.find(qn("w:rFonts"))
    if fonts is None:
        fonts = OxmlElement("w:rFonts")
        properties.insert(0, fonts)
    fonts.set(qn("w:eastAsia"), font)
    fonts.set(qn("w:hint"), "eastAsia")


def _add_line(
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
    _set_font(run._element.get_or_add_rPr(), font)
    if centred:
        paragraph.alignment = WD_ALIGN_PARAGRAPH.CENTER
    else:
        paragraph.alignment = WD_ALIGN_PARAGRAPH.JUSTIFY
    if indent:
        _set_indent(paragraph, "firstLineChars", 200, "firstLine", 640)
    if after is not None:
        paragraph.paragraph_format.space_after = after
        paragraph.paragraph_format.line_spacing = Pt(34)
    return paragraph


def _set_indent(paragraph: Any, chars: str, count: int, plain: str, twips: int) -> None:
    properties = paragraph._element.get_or_add_pPr()
    indent = OxmlElement("w:ind")
    indent.set(qn(f"w:{chars}"), str(count))
    indent.set(qn(f"w:{plain}"), str(twips))
    properties.append(indent)


def _add_signature(document: Any, text: str) -> Any:
    """Write signer and date at the right, four characters from the edge."""
    paragraph = document.add_paragraph()
    run = paragraph.add_run(text)
    _set_font(run._element.get_or_add_rPr(), BODY)
    paragraph.alignment = WD_ALIGN_PARAGRAPH.RIGHT
    _set_indent(paragraph, "rightChars", 400, "right", 1280)
    return paragraph


def _add_table(document: Any, name: str) -> None:
    """Lay out the rows of a block or an annex: the heading repeats, no row is split by a page.

    Texts are aligned left, numbers right, headings in the middle.
    """
    table = document.add_table(rows=4, cols=7)
    table.style = "Table Grid"
    table.alignment = WD_TABLE_ALIGNMENT.CENTER
    table.autofit = True
    _fill_cell(table.cell(0, 0), f"{{%tc for name in {name}.head %}}")
    _fill_cell(table.cell(0, 1), "{{ name }}", font=HEADING)
    _fill_cell(table.cell(0, 2), "{%tc endfor %}")
    _fill_cell(table.cell(1, 0), f"{{%tr for row in {name}.rows %}}")
    _fill_cell(table.cell(2, 0), "{%tc for cell in row %}")
    _fill_cell(table.cell(2, 1), "{%tc if cell.number %}")
    _fill_cell(table.cell(2, 2), "{{ cell }}", side=WD_ALIGN_PARAGRAPH.RIGHT)
    _fill_cell(table.cell(2, 3), "{%tc else %}")
    _fill_cell(table.cell(2, 4), "{{ cell }}", side=WD_ALIGN_PARAGRAPH.LEFT)
    _fill_cell(table.cell(2, 5), "{%tc endif %}")
    _fill_cell(table.cell(2, 6), "{%tc endfor %}")
    _fill_cell(table.cell(3, 0), "{%tr endfor %}")
    for spare in table.rows[0].cells[3:]:
        table.rows[0]._tr.remove(spare._tc)
    for width in list(table._tbl.iter(qn("w:tcW"))):  # `column_widths` sets them
        width.getparent().remove(width)
    heading = OxmlElement("w:tblHeader")
    heading.set(qn("w:val"), "true")
    table.rows[0]._tr.get_or_add_trPr().append(heading)
    for row in (table.rows[0], table.rows[2]):
        unsplit = OxmlElement("w:cantSplit")
        unsplit.set(qn("w:val"), "true")
        row._tr.get_or_add_trPr().insert(0, unsplit)


def _fill_cell(
    cell: Any,
    text: str,
    *,
    font: str = BODY,
    side: WD_ALIGN_PARAGRAPH = WD_ALIGN_PARAGRAPH.CENTER,
) -> None:
    paragraph = cell.paragraphs[0]
    run = paragraph.add_run(text)
    run.font.size = Pt(12)
    run.font.name = LATIN
    _set_font(run._element.get_or_add_rPr(), font)
    paragraph.alignment = side
    paragraph_format = paragraph.paragraph_format
    paragraph_format.line_spacing_rule = WD_LINE_SPACING.SINGLE
    paragraph_format.space_before = paragraph_format.space_after = Pt(2)


def _add_page_numbers(document: Any) -> None:
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
        _set_indent(paragraph, chars, 100, plain, 280)
        for text, field in (("— ", ""), ("", "PAGE"), (" —", "")):
            run = paragraph.add_run(text)
            run.font.size = SIZE_4
            run.font.name = "宋体"
            run.font.color.rgb = RGBColor(0, 0, 0)
            _set_font(run._element.get_or_add_rPr(), "宋体")
            if field:
                _add_field(run, field)


def _add_field(run: Any, name: str) -> None:
    for kind in ("begin", "separate", "end"):
        character = OxmlElement("w:fldChar")
        character.set(qn("w:fldCharType"), kind)
        run._element.append(character)
        if kind == "begin":
            code = OxmlElement("w:instrText")
            code.set(qn("xml:space"), "preserve")
            code.text = name
            run._element.append(code)
        elif kind == "separate":
            placeholder = OxmlElement("w:t")
            placeholder.text = "1"
            run._element.append(placeholder)
