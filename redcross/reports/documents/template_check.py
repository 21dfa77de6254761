"""Checks the Word templates that offices upload, and explains why one is refused.

A template is an untrusted file: the package is checked before Word's parts are parsed, and
its tags may only print, choose and repeat the names of a report.
"""

import io
import re
import zipfile
import zlib
from collections.abc import Iterator
from typing import Any

import jinja2
from docx.opc.exceptions import PackageNotFoundError
from docxtpl import DocxTemplate
from jinja2 import meta, nodes
from jinja2.sandbox import SandboxedEnvironment
from lxml.etree import LxmlError

MAX_SIZE = 5 * 1024 * 1024
MAX_UNPACKED_SIZE = 50 * 1024 * 1024
NAMES = {
    "notice": "演示声明",
    "number_line": "文号与期号",
    "title": "标题",
    "addressee": "主送机关",
    "chapters": "各章",
    "annex_list": "附件说明",
    "annexes": "各附件",
    "notes": "口径说明",
    "cut_off": "数据截至",
    "society": "发文单位",
    "date": "成文日期",
}
"""The names a template may print, and what each of them is."""
PARTS = frozenset(
    {"heading", "blocks", "text", "level", "title", "head", "rows", "label", "number"}
    | {"index", "index0", "first", "last", "length"}
)
"""The attributes of a chapter, block, annex, cell or loop that a template may use."""
_WORD_CONTENT_TYPE = (
    b"application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"
)
_TAG = re.compile(r"{%-?\s*(.*?)\s*-?%}|{{-?\s*(.*?)\s*-?}}|{#.*?#}", re.DOTALL)
_INCOMPLETE_TAG = re.compile(r"{{|}}|{%|%}")
_CLOSING_WORDS = {"if": "endif", "for": "endfor"}
_BRANCH_WORDS = {"else": ("if", "for"), "elif": ("if",)}
_EXTERNAL_LINK = re.compile(rb"<Relationship\b[^>]*TargetMode\s*=\s*[\"']External[\"'][^>]*>")
_ALLOWED_NODES = (
    nodes.Output, nodes.TemplateData, nodes.Name, nodes.Getattr, nodes.Const, nodes.If, nodes.For,
    nodes.Compare, nodes.Operand, nodes.And, nodes.Or, nodes.Not, nodes.CondExpr, nodes.Concat,
)  # fmt: skip
_SYNTAX_HELP = (
    "可用的写法：{{ 名称 }}、{% if 名称 %}…{% endif %}、{% for 项 in 名称 %}…{% endfor %}"
)
_NOT_WORD = "这不是 Word 文档（docx）。请在 Word 或 WPS 中另存为 docx 后再传。"


class TemplateRefusedError(Exception):
    """A template cannot be used; the text states why and what to do."""

    def __init__(self, text: str) -> None:
        super().__init__(text)
        self.text = text

    def __str__(self) -> str:
        return self.text


def create_environment() -> SandboxedEnvironment:
    """Return a sandbox that fills templates: unknown names are errors."""
    return SandboxedEnvironment(autoescape=True, undefined=jinja2.StrictUndefined)


def check_tags_and_package(content: bytes) -> None:
    """Raise TemplateRefusedError for what is no usable template; the sentence names the tag."""
    _check_package(content)
    try:
        document = DocxTemplate(io.BytesIO(content))
        document.init_docx()
        texts = list(_iterate_texts(document))
    except (PackageNotFoundError, LxmlError, KeyError, ValueError, OSError):
        raise TemplateRefusedError(_NOT_WORD) from None
    for text in texts:
        _check_tags(text)
        _check_names(text)


def _check_package(content: bytes) -> None:
    """Refuse a file that is too large, no docx, has macros, external links or entities."""
    if len(content) > MAX_SIZE:
        raise TemplateRefusedError("模板超过 5 MB，请删去其中的图片后再传。")
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as package:
            if sum(entry.file_size for entry in package.infolist()) > MAX_UNPACKED_SIZE:
                raise TemplateRefusedError("模板解压后超过 50 MB，请删去其中的图片后再传。")
            types = package.read("[Content_Types].xml")
            names = package.namelist()
            if b"macroEnabled" in types or any(name.endswith("vbaProject.bin") for name in names):
                raise TemplateRefusedError("模板含有宏，请另存为不含宏的 docx 后再传。")
            if _WORD_CONTENT_TYPE not in types:
                raise TemplateRefusedError(_NOT_WORD)
            for name in names:
                if name.endswith((".xml", ".rels")):
                    _check_part(package.read(name))
    except (zipfile.BadZipFile, zlib.error, KeyError, RuntimeError, NotImplementedError, EOFError):
        raise TemplateRefusedError(_NOT_WORD) from None


def _check_part(xml: bytes) -> None:
    # Word never writes a DTD, nor any encoding but UTF-8; another encoding would hide a DTD.
    if b"<!DOCTYPE" in xml or b"<!ENTITY" in xml or xml[:2] in (b"\xff\xfe", b"\xfe\xff"):
        raise TemplateRefusedError("模板里有外部实体声明，不是 Word 写出的文件，请另存后再传。")
    for link in _EXTERNAL_LINK.findall(xml):
        if b"/hyperlink" not in link:
            raise TemplateRefusedError(
                "模板引用了外部文件（链接的图片或模板），请改为嵌入或删去后再传。"
            )


def _iterate_texts(document: Any) -> Iterator[str]:
    """Yield the body, headers and footers with whole tags: Word may split one over runs."""
    yield document.patch_xml(document.get_xml())
    for uri in (document.HEADER_URI, document.FOOTER_URI):
        for _, part in document.get_headers_footers(uri):
            yield document.patch_xml(document.get_part_xml(part))


def _check_tags(text: str) -> None:
    """Refuse incomplete tags, unknown words, and statements that are not closed."""
    rest = _TAG.sub("", text)
    if incomplete := _INCOMPLETE_TAG.search(rest):
        start, end = max(0, incomplete.start() - 200), incomplete.end() + 200
        near = _strip_xml(rest[start:end])
        raise TemplateRefusedError(f"“{near}”处的标记不完整：左右括号要成对。{_SYNTAX_HELP}。")
    opened: list[tuple[str, str]] = []
    for tag in _TAG.finditer(text):
        statement, expression = tag.groups()
        if expression is not None:
            _check_syntax(tag.group(), tag.group())
        elif statement is not None:
            _check_statement(statement, opened)
    if opened:
        word, shown = opened[-1]
        raise TemplateRefusedError(
            f"标记“{shown}”没有结束，请在后面补上 {{% {_CLOSING_WORDS[word]} %}}。"
        )


def _check_statement(statement: str, opened: list[tuple[str, str]]) -> None:
    """Check one {% … %} against the statements that are open (word, tag); update these."""
    shown = f"{{% {_strip_xml(statement)} %}}"
    word = statement.split(maxsplit=1)[0] if statement else ""
    if word in _CLOSING_WORDS:
        _check_syntax(f"{{% {statement} %}}{{% {_CLOSING_WORDS[word]} %}}", shown)
        opened.append((word, shown))
    elif word in _BRANCH_WORDS:
        if not opened or opened[-1][0] not in _BRANCH_WORDS[word]:
            raise TemplateRefusedError(f"标记“{shown}”前面没有对应的 {{% if … %}}。")
    elif word in _CLOSING_WORDS.values():
        if not opened or _CLOSING_WORDS[opened.pop()[0]] != word:
            begin = word.removeprefix("end")
            raise TemplateRefusedError(f"标记“{shown}”前面没有对应的 {{% {begin} … %}}。")
    else:
        raise TemplateRefusedError(f"标记“{shown}”写得不对。{_SYNTAX_HELP}。")


def _check_syntax(tag: str, shown: str) -> None:
    try:
        create_environment().parse(tag)
    except jinja2.TemplateSyntaxError:
        raise TemplateRefusedError(f"标记“{_strip_xml(shown)}”写得不对。{_SYNTAX_HELP}。") from None


def _check_names(text: str) -> None:
    """Refuse unknown names, and anything that computes or calls."""
    try:
        tree = create_environment().parse(text)
    except jinja2.TemplateSyntaxError as error:
        raise TemplateRefusedError(f"模板中的标记写得不对：{error}。{_SYNTAX_HELP}。") from None
    known = "、".join(f"{name}（{what}）" for name, what in NAMES.items())
    unknown = sorted(meta.find_undeclared_variables(tree) - set(NAMES))
    if unknown:
        raise TemplateRefusedError(
            f"模板用了不认识的名称“{'、'.join(unknown)}”。可用的名称：{known}。"
        )
    for node in tree.find_all(nodes.Node):
        if isinstance(node, nodes.Getattr) and node.attr not in PARTS:
            raise TemplateRefusedError(
                f"模板用了不认识的名称“.{node.attr}”。点号后面可用：{'、'.join(sorted(PARTS))}。"
            )
        if not isinstance(node, _ALLOWED_NODES):
            kind = {"Call": "调用", "Filter": "过滤"}.get(type(node).__name__, "运算")
            raise TemplateRefusedError(
                f"模板里有不能用的写法（{kind}）：标记只能填写、判断和重复。{_SYNTAX_HELP}。"
            )


def _strip_xml(xml: str) -> str:
    """Return the last words of a piece of XML without its tags."""
    return re.sub(r"<[^>]*>|<[^>]*$|^[^<]*>", "", xml).strip()[-60:]
