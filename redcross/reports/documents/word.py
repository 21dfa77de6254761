"""A report as a Word document, from the office's template or the portal's own."""

import datetime as dt
import functools
import io
import logging
from typing import Any

import jinja2
from django.conf import settings
from django.utils import timezone
from docxtpl import DocxTemplate
from lxml.etree import LxmlError

from redcross.reports.compose.content import (
    Content,
    StoredBlock,
    block_text,
    is_numeric_piece,
    list_annexes,
)
from redcross.reports.compose.edits import Edits, apply_edits
from redcross.reports.documents import template_check
from redcross.reports.documents.column_widths import set_widths
from redcross.reports.documents.official_layout import build_official_template
from redcross.reports.documents.template_check import TemplateRefusedError
from redcross.reports.models import FAULT_LENGTH, Report, ReportTemplate

logger = logging.getLogger(__name__)


@functools.cache
def default_template() -> bytes:
    """Return the portal's own template."""
    return build_official_template()


def find_template(kind: str, branch_id: int) -> bytes:
    """Return the office's template of a report, the portal's own where it has none."""
    template = _office_template(kind, branch_id)
    return bytes(template.content) if template else default_template()


def _office_template(kind: str, branch_id: int) -> ReportTemplate | None:
    return ReportTemplate.objects.filter(kind=kind, branch_id=branch_id).first()


def write_report(report: Report) -> bytes:
    """Return a report as a docx."""
    context = _template_context(
        report.content, report.edits, _number_line(report), report.issued_at
    )
    return _fill_template(report.kind, report.branch_id, context)


def _fill_template(kind: str, branch_id: int, context: dict[str, Any]) -> bytes:
    """Fill the office's template; where it fails, record why and fill the portal's own.

    A due report never waits for a template.
    """
    template = _office_template(kind, branch_id)
    if template is None:
        return render_template(default_template(), context)
    try:
        check_template(bytes(template.content))
        return render_template(bytes(template.content), context)
    except TemplateRefusedError as error:
        fault = str(error)
    except Exception:  # whatever the reason, the document is delivered
        logger.exception("template %s of %s cannot be filled", template.pk, kind)
        fault = "模板无法填写。请下载自带模板，在它上面重新修改后上传。"
    if template.fault != fault[:FAULT_LENGTH]:
        ReportTemplate.objects.filter(pk=template.pk).update(fault=fault[:FAULT_LENGTH])
    return render_template(default_template(), context)


def write_content(content: Content, edits: Edits, *, kind: str, branch_id: int) -> bytes:
    """Return composed content that is not stored as a docx."""
    return _fill_template(kind, branch_id, _template_context(content, edits, "", None))


def _number_line(report: Report) -> str:
    return "　".join(part for part in (report.document_number, report.issue) if part)


def _template_context(
    content: Content, edits: Edits, number_line: str, issued_at: dt.datetime | None
) -> dict[str, Any]:
    """Return the names that a template may print; see `template_check.NAMES`."""
    cut_off = dt.datetime.fromisoformat(content["cut_off"])
    signed = timezone.localtime(issued_at) if issued_at else cut_off
    annexes = list_annexes(content)
    return {
        "notice": settings.DEMO_NOTICE if settings.DEMO else "",
        "number_line": number_line,
        "title": content["title"],
        "addressee": content["addressee"],
        "society": content["society"],
        "chapters": [
            {
                "heading": chapter["heading"],
                "blocks": [_template_block(block) for block in chapter["blocks"]],
            }
            for chapter in apply_edits(content, edits)
        ],
        "annex_list": _annex_list(annexes) if annexes else [],
        "annexes": [
            {"label": f"附件{number if len(annexes) > 1 else ''}", **_template_block(annex)}
            for number, annex in enumerate(annexes, start=1)
        ],
        "notes": content["notes"],
        "cut_off": f"数据截至{cut_off:%Y}年{cut_off.month}月{cut_off.day}日{cut_off.hour}时。",
        "date": f"{signed.year}年{signed.month}月{signed.day}日",
    }


def _annex_list(annexes: list[StoredBlock]) -> list[str]:
    """Return the lines 附件：1.甲, 2.乙 that are printed below the text."""
    if len(annexes) == 1:
        return [f"附件：{annexes[0]['title']}"]
    return [
        f"{'附件：' if number == 1 else '　　　'}{number}.{annex['title']}"
        for number, annex in enumerate(annexes, start=1)
    ]


class TemplateCell(str):
    """The text of a cell, and whether it is a number."""

    __slots__ = ("number",)
    number: bool


def _template_cell(piece: dict[str, Any]) -> TemplateCell:
    cell = TemplateCell(piece["text"])
    cell.number = is_numeric_piece(piece)
    return cell


def _template_block(block: StoredBlock) -> dict[str, Any]:
    empty = {"text": "", "level": 0, "title": "", "head": [], "rows": []}
    match block["kind"]:
        case "heading":
            return {**empty, "text": block["text"], "level": 2}
        case "text":
            return {**empty, "text": block_text(block)}
    rows = [[_template_cell(piece) for piece in row] for row in block["rows"]]
    return {**empty, "title": block["title"], "head": block["head"], "rows": rows}


def render_template(template: bytes, context: dict[str, Any]) -> bytes:
    """Fill a template; its tags reach nothing but the names of the context."""
    document = DocxTemplate(io.BytesIO(template))
    document.render(context, template_check.create_environment(), autoescape=True)
    set_widths(document.docx)
    properties = document.docx.core_properties
    properties.title = context["title"]
    buffer = io.BytesIO()
    document.save(buffer)
    return buffer.getvalue()


def check_template(content: bytes) -> None:
    """Raise TemplateRefusedError where a file is no usable template."""
    template_check.check_tags_and_package(content)
    try:
        render_template(content, _SAMPLE)
    except (jinja2.TemplateError, LxmlError, ValueError, KeyError, TypeError) as error:
        raise TemplateRefusedError(
            f"模板按示例内容填写失败（{error}）。请检查循环和判断的标记是否各占一段或一行。"
        ) from None


_SAMPLE: dict[str, Any] = {
    "notice": "",
    "number_line": "示例〔2021〕1号",
    "title": "示例",
    "addressee": "示例：",
    "society": "示例",
    "chapters": [
        {
            "heading": "一、示例",
            "blocks": [
                _template_block({"kind": "heading", "text": "（一）示例"}),
                _template_block({"kind": "text", "pieces": [{"text": "示例。"}]}),
                _template_block(
                    {"kind": "table", "title": "示例", "head": ["甲"], "rows": [[{"text": "1"}]]}
                ),
            ],
        }
    ],
    "annex_list": ["附件：示例"],
    "annexes": [
        {
            "label": "附件",
            **_template_block(
                {"kind": "table", "title": "示例", "head": ["甲"], "rows": [[{"text": "1"}]]}
            ),
        }
    ],
    "notes": ["示例"],
    "cut_off": "示例",
    "date": "2021年12月31日",
}
