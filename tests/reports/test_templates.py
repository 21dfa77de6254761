"""Word templates of an office: checked with a message that names the tag, never blocking a report."""

import io
import zipfile

import docx
import pytest

from redcross.accounts.choices import Role
from redcross.periods import Period
from redcross.reports.declare.declaration import report_kinds
from redcross.reports.documents.template_check import MAX_SIZE, TemplateRefusedError
from redcross.reports.documents.word import check_template, default_template, write_report
from redcross.reports.models import ReportTemplate
from redcross.reports.workflow import services
from tests.support.gift_ledger import create_effective_upload, ledger_workbook

MONTHLY = "portal.monthly_bulletin"


def make_template(*paragraphs):
    document = docx.Document()
    for paragraph in paragraphs:
        document.add_paragraph(paragraph)
    buffer = io.BytesIO()
    document.save(buffer)
    return buffer.getvalue()


def change_parts(content, change):
    """Return a docx with a function of name and bytes applied to each part."""
    buffer = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(content)) as old,
        zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as new,
    ):
        for name in old.namelist():
            new.writestr(name, change(name, old.read(name)))
    return buffer.getvalue()


def replace_in_document(old, new):
    def change(name, part):
        return part.replace(old, new, 1) if name == "word/document.xml" else part

    return change_parts(make_template("{{ title }}"), change)


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("{{ secret }}", "不认识的名称“secret”。可用的名称：notice（演示声明）"),
        ("{{ title.__class__.__mro__ }}", "不认识的名称“.__class__”|不认识的名称“.__mro__”"),
        ("{% if %}", "“{% if %}”写得不对"),
        ("{% iff title %}", "“{% iff title %}”写得不对"),
        ("{% for each in chapters %}", "“{% for each in chapters %}”没有结束.*{% endfor %}"),
        ("{% endif %}", "“{% endif %}”前面没有对应的 {% if"),
        ("{% else %}", "“{% else %}”前面没有对应的"),
        ("甲 {{ title", "“甲 {{ title”处的标记不完整"),
        ("{{ title + }}", "“{{ title [+] }}”写得不对"),
        ("{{ title * 999999999 }}", "不能用的写法"),
        ("{{ range(999999999) }}", "不能用的写法（调用）"),
        ("{{ title|upper }}", "不能用的写法"),
        ("{% for each in chapters %}{{ each.name }}{% endfor %}", "不认识的名称“.name”"),
    ],
)
def test_report_template_with_unknown_tag_is_refused_naming_the_tag(text, sentence):
    with pytest.raises(TemplateRefusedError, match=sentence):
        check_template(make_template("{{ title }}", text))


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b"", "不是 Word 文档"),
        (b"PK\x03\x04 nothing", "不是 Word 文档"),
        (make_template("{{ title }}")[:-400], "不是 Word 文档"),
        (b"0" * (MAX_SIZE + 1), "超过 5 MB"),
        (replace_in_document(b"<w:body>", b"<w:body"), "不是 Word 文档"),
        (
            replace_in_document(
                b"<w:document", b"<!DOCTYPE a [<!ENTITY b SYSTEM 'file:///'>]><w:document"
            ),
            "外部实体声明",
        ),
        (
            change_parts(
                make_template("{{ title }}"),
                lambda _, part: part.replace(
                    b"wordprocessingml.document.main+xml",
                    b"ms-word.document.macroEnabled.main+xml",
                ),
            ),
            "含有宏",
        ),
        (
            change_parts(
                make_template("{{ title }}"),
                lambda name, part: (
                    part.replace(
                        b"</Relationships>",
                        b'<Relationship Id="x" Type="http://schemas.openxmlformats.org/officeDocument/'
                        b'2006/relationships/attachedTemplate" Target="http://example.org/t.dotm"'
                        b' TargetMode="External"/></Relationships>',
                    )
                    if name == "word/_rels/document.xml.rels"
                    else part
                ),
            ),
            "引用了外部文件",
        ),
    ],
    ids=["empty", "no package", "torn", "huge", "broken xml", "xxe", "macro", "fetches"],
)
def test_report_template_that_is_no_safe_word_document_is_refused(content, sentence):
    with pytest.raises(TemplateRefusedError, match=sentence):
        check_template(content)


def test_report_template_zip_bomb_is_refused():
    buffer = io.BytesIO(make_template("{{ title }}"))
    with zipfile.ZipFile(buffer, "a", zipfile.ZIP_DEFLATED) as package:
        package.writestr("word/media/image.bin", b"0" * (60 * 1024 * 1024))

    with pytest.raises(TemplateRefusedError, match="解压后超过"):
        check_template(buffer.getvalue())


def test_built_in_report_template_passes_the_check():
    check_template(default_template())


@pytest.mark.django_db
def test_report_with_broken_template_uses_the_built_in_template(
    person, clerk, reviewer, branch, now, signed_in
):
    office = person(Role.OFFICE, "53")
    create_effective_upload(clerk, reviewer, branch("5301"), ledger_workbook(100), now=now)
    report = services.draft_report(
        report_kinds[MONTHLY], branch("53"), Period.parse("2021-08"), user=office, now=now
    )
    rows = ReportTemplate.objects.create(
        kind=MONTHLY, branch=branch("53"), content=make_template("{{ gone }}"), filename="旧.docx",
        uploaded_by=office, uploaded_at=now,
    )  # fmt: skip

    document = docx.Document(io.BytesIO(write_report(report)))

    assert document.paragraphs[0].text.startswith("关于2021年8月")
    rows.refresh_from_db()
    assert "不认识的名称“gone”" in rows.fault
    page = signed_in(office).get(f"/reports/{report.pk}/").content.decode()
    assert "上传的模板“旧.docx”未能使用" in page
