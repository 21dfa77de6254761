"""A report as a Word document, from the office's template or the portal's own."""

import datetime as dt
import functools
import io
import zipfile
from typing import Any

import jinja2
from django.conf import settings
from django.utils import timezone
from docx.opc.exceptions import PackageNotFoundError
from docxtpl import DocxTemplate
from jinja2.sandbox import SandboxedEnvironment

from redcross.reports.content import Content, edited, text_of
from redcross.reports.layout import official_template
from redcross.reports.models import Report, ReportTemplate

NAMES = frozenset(
    {
        "notice",
        "number_line",
        "title",
        "addressee",
        "chapters",
        "notes",
        "cut_off",
        "society",
        "date",
    }
)
LARGEST = 5 * 1024 * 1024
LARGEST_OPENED = 50 * 1024 * 1024


class TemplateRefusedError(Exception):
    """A template cannot be used; the sentence says why and what to do."""

    def __init__(self, text: str) -> None:
        super().__init__(text)
        self.text = text

    def __str__(self) -> str:
        return self.text


@functools.cache
def own_template() -> bytes:
    """Return the portal's own template."""
    return official_template()


def template_of(kind: str, branch_id: int) -> bytes:
    """Return the office's template of a report, the portal's own where it has none."""
    known = ReportTemplate.objects.filter(kind=kind, branch_id=branch_id).first()
    return bytes(known.content) if known else own_template()


def document_of(report: Report) -> bytes:
    """Return a report as a docx."""
    return rendered(
        template_of(report.kind, report.branch_id),
        _context(report.content, report.edits, _number_line(report), report.issued_at),
    )


def document_of_content(
    content: Content, edits: dict[str, dict[str, str]], *, kind: str, branch_id: int
) -> bytes:
    """Return what has been composed, and is not stored, as a docx."""
    return rendered(template_of(kind, branch_id), _context(content, edits, "", None))


def _number_line(report: Report) -> str:
    return "　".join(part for part in (report.document_number, report.issue) if part)


def _context(
    content: Content,
    edits: dict[str, dict[str, str]],
    number_line: str,
    issued_at: dt.datetime | None,
) -> dict[str, Any]:
    cut_off = dt.datetime.fromisoformat(content["cut_off"])
    signed = timezone.localtime(issued_at) if issued_at else cut_off
    return {
        "notice": settings.DEMO_NOTICE if settings.DEMO else "",
        "number_line": number_line,
        "title": content["title"],
        "addressee": content["addressee"],
        "society": content["society"],
        "chapters": [
            {"heading": chapter["heading"], "blocks": [_block(each) for each in chapter["blocks"]]}
            for chapter in edited(content, edits)
        ],
        "notes": content["notes"],
        "cut_off": f"数据截至{cut_off:%Y}年{cut_off.month}月{cut_off.day}日{cut_off.hour}时。",
        "date": f"{signed.year}年{signed.month}月{signed.day}日",
    }


def _block(block: dict[str, Any]) -> dict[str, Any]:
    if block["kind"] == "text":
        return {"text": text_of(block), "title": "", "head": [], "rows": []}
    rows = [[piece["text"] for piece in row] for row in block["rows"]]
    return {"text": "", "title": block["title"], "head": block["head"], "rows": rows}


def rendered(template: bytes, context: dict[str, Any]) -> bytes:
    """Fill a template; nothing in it can reach further than the words it is given."""
    document = DocxTemplate(io.BytesIO(template))
    environment = SandboxedEnvironment(autoescape=True, undefined=jinja2.StrictUndefined)
    document.render(context, environment, autoescape=True)
    properties = document.docx.core_properties
    properties.title = context["title"]
    buffer = io.BytesIO()
    document.save(buffer)
    return buffer.getvalue()


def check_template(content: bytes) -> None:
    """Refuse what is no usable template, with a sentence for its author."""
    if len(content) > LARGEST:
        raise TemplateRefusedError("模板超过 5 MB，请删去其中的图片后再传。")
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as package:
            if sum(each.file_size for each in package.infolist()) > LARGEST_OPENED:
                raise TemplateRefusedError("模板解压后过大，请检查后再传。")
            if any(name.endswith("vbaProject.bin") for name in package.namelist()):
                raise TemplateRefusedError("模板含有宏，请另存为不含宏的 docx 后再传。")
        document = DocxTemplate(io.BytesIO(content))
        used = document.get_undeclared_template_variables(SandboxedEnvironment())
    except (zipfile.BadZipFile, PackageNotFoundError, KeyError, ValueError):
        raise TemplateRefusedError(
            "这不是 Word 文档（docx）。请在 Word 或 WPS 中另存为 docx 后再传。"
        ) from None
    except jinja2.TemplateError as error:
        raise TemplateRefusedError(f"模板中的标记写得不对：{error}。") from None
    unknown = sorted(used - NAMES)
    if unknown:
        known = "、".join(sorted(NAMES))
        raise TemplateRefusedError(
            f"模板用了不认识的名称“{'、'.join(unknown)}”。可用的名称：{known}。"
        )
    try:
        rendered(content, _SAMPLE)
    except jinja2.TemplateError as error:
        raise TemplateRefusedError(f"模板无法填写：{error}。") from None


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
                {"text": "示例。", "title": "", "head": [], "rows": []},
                {"text": "", "title": "示例", "head": ["甲"], "rows": [["1"]]},
            ],
        }
    ],
    "notes": ["示例"],
    "cut_off": "示例",
    "date": "2021年12月31日",
}
