"""The certificates of a class as a Word document, one page each."""

import datetime as dt
import io
from collections.abc import Iterable
from typing import Any

import segno
from django.conf import settings
from django.urls import reverse
from docx import Document
from docx.enum.section import WD_ORIENT
from docx.enum.text import WD_ALIGN_PARAGRAPH, WD_BREAK
from docx.oxml.ns import qn
from docx.shared import Mm, Pt

from training.models import Enrolment

TITLE, BODY = "方正小标宋简体", "仿宋_GB2312"


def render_certificates(enrolments: Iterable[Enrolment], *, notice: str = "") -> bytes:
    """Return a docx (A5, landscape) with a page for each certificate."""
    document = Document()
    section = document.sections[0]
    section.orientation = WD_ORIENT.LANDSCAPE
    section.page_width, section.page_height = Mm(210), Mm(148)
    section.top_margin = section.bottom_margin = Mm(16)
    section.left_margin = section.right_margin = Mm(24)
    for index, enrolment in enumerate(enrolments):
        if index:
            document.paragraphs[-1].add_run().add_break(WD_BREAK.PAGE)
        _add_certificate(document, enrolment, notice)
    document.core_properties.author = "红十字会业务门户"
    document.core_properties.comments = ""
    buffer = io.BytesIO()
    document.save(buffer)
    return buffer.getvalue()


def _add_certificate(document: Any, enrolment: Enrolment, notice: str) -> None:
    _add_line(document, enrolment.get_course_display() + "证书", font=TITLE, size=26, centred=True)
    _add_line(
        document,
        f"{enrolment.name}于{_format_day(enrolment.trained_on)}参加红十字应急救护培训，"
        "经考核合格，特发此证。",
        indent=True,
    )
    _add_line(document, f"证书编号：{enrolment.certificate_number}")
    if enrolment.expires_on:
        _add_line(document, f"有效期至：{_format_day(enrolment.expires_on)}")
    if settings.CERTIFICATE_CHECK:
        _add_qr_code(document, enrolment.certificate_number)
    _add_line(document, enrolment.branch.society, right=True)
    _add_line(document, _format_day(enrolment.issued_on), right=True)
    if notice:
        _add_line(document, notice, size=9, centred=True)


def _format_day(day: dt.date | None) -> str:
    return f"{day.year}年{day.month}月{day.day}日" if day else ""


def _add_line(
    document: Any,
    text: str,
    *,
    font: str = BODY,
    size: int = 16,
    centred: bool = False,
    right: bool = False,
    indent: bool = False,
) -> None:
    paragraph = document.add_paragraph()
    paragraph.paragraph_format.space_after = Pt(6)
    if indent:
        paragraph.paragraph_format.first_line_indent = Pt(2 * size)
    if centred or right:
        side = WD_ALIGN_PARAGRAPH.CENTER if centred else WD_ALIGN_PARAGRAPH.RIGHT
        paragraph.alignment = side
    run = paragraph.add_run(text)
    run.font.size = Pt(size)
    run.font.name = "Times New Roman"
    run._element.get_or_add_rPr().get_or_add_rFonts().set(qn("w:eastAsia"), font)


def _add_qr_code(document: Any, number: str) -> None:
    address = settings.SITE_URL + reverse("certificate-check", kwargs={"number": number})
    picture = io.BytesIO()
    segno.make(address, error="m").save(picture, kind="png", scale=6, border=2)
    picture.seek(0)
    paragraph = document.add_paragraph()
    paragraph.add_run().add_picture(picture, width=Mm(24))
