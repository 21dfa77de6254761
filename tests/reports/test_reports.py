"""Reports: drafting, editing, finalising, issuing, and changes of the data since."""

import io

import docx
import openpyxl
import pytest
from django.core.management import call_command
from django.db import InternalError, transaction
from django.test import Client
from django.urls import reverse

from redcross.accounts.choices import Role
from redcross.branches.models import Branch
from redcross.notices.models import Notice
from redcross.periods import Period
from redcross.reports.choices import ReportState
from redcross.reports.compose.content import EmptyReportError, block_text, figures_digest
from redcross.reports.compose.edits import apply_edits
from redcross.reports.declare.declaration import report_kinds
from redcross.reports.documents.column_widths import HALF_CHARACTER, compute_widths
from redcross.reports.documents.word import default_template, render_template, write_report
from redcross.reports.models import Report
from redcross.reports.workflow import changes as figure_changes
from redcross.reports.workflow import services
from redcross.reports.workflow.services import ReportRefusedError
from tests.support.gift_ledger import create_effective_upload, ledger_workbook

pytestmark = pytest.mark.django_db
AUGUST = Period.parse("2021-08")
RAISED = "donations.raised:0"


@pytest.fixture
def monthly():
    return report_kinds["portal.monthly_bulletin"]


@pytest.fixture
def office(person):
    return person(Role.OFFICE, "53")


@pytest.fixture
def effective_upload(clerk, reviewer, branch, now):
    return create_effective_upload(
        clerk, reviewer, branch("5301"), ledger_workbook(12_345_678, 100), now=now
    )


@pytest.fixture
def report(office, monthly, branch, now, effective_upload):
    return services.draft_report(monthly, branch("53"), AUGUST, user=office, now=now)


def report_text(report):
    return "\n".join(
        block_text(block)
        for chapter in apply_edits(report.content, report.edits)
        for block in chapter["blocks"]
        if block["kind"] == "text"
    )


def raised_paragraph(report):
    """Return the paragraph on the gifts raised."""
    blocks = (
        block
        for chapter in apply_edits(report.content, report.edits)
        for block in chapter["blocks"]
    )
    return next(block for block in blocks if block["id"] == RAISED)


def document_text(content):
    document = docx.Document(io.BytesIO(content))
    return "\n".join(paragraph.text for paragraph in document.paragraphs)


def test_report_kinds_name_existing_sections_only():
    assert len(report_kinds) >= 7
    for kind in report_kinds.values():
        assert report_kinds.section_writers(kind)


def test_report_formats_figures_as_official_documents_do(report):
    assert "募集捐赠款物1234.58万元" in report_text(report)
    assert report.content["title"] == "关于2021年8月全省红十字会重点工作完成情况的通报"


def test_report_figures_keep_their_source_question(report):
    figure = report.figures["donations.raised|2021-08|53|||"]

    assert (figure["value"], figure["unit"], figure["from"]) == ("12345778", "元", "rows")


@pytest.mark.parametrize("count", [1, 3])
def test_report_query_count_is_constant(
    office, monthly, clerk, reviewer, branch, now, count, django_assert_num_queries
):
    for number in range(count):
        content = ledger_workbook(12_345_678, 100, tickets=f"T{number}")
        create_effective_upload(clerk, reviewer, branch("5301"), content, now=now)
    with transaction.atomic():  # what a process keeps is read before it is counted
        services.draft_report(monthly, branch("53"), AUGUST, user=office, now=now)
        transaction.set_rollback(True)

    with django_assert_num_queries(42):
        services.draft_report(monthly, branch("53"), AUGUST, user=office, now=now)


def test_report_requested_twice_is_created_once(report, office, monthly, branch, now):
    with pytest.raises(ReportRefusedError, match="已经生成"):
        services.draft_report(monthly, branch("53"), AUGUST, user=office, now=now)

    assert Report.objects.count() == 1


def test_report_of_a_period_without_data_is_refused_and_nothing_is_written(
    office, monthly, branch, now
):
    with pytest.raises(EmptyReportError, match="2019年1月没有可用的数据"):
        services.draft_report(monthly, branch("53"), Period.parse("2019-01"), user=office, now=now)

    assert not Report.objects.exists()


@pytest.mark.parametrize(
    ("code", "period", "sentence"),
    [
        ("53", "2021", "按一个月编写"),
        ("53", "..2021-08", "按一个月编写"),
        ("530102", "2021-08", "不面向"),
    ],
)
def test_report_for_another_period_length_or_level_is_refused(
    office, monthly, branch, now, code, period, sentence
):
    with pytest.raises(ReportRefusedError, match=sentence):
        services.draft_report(monthly, branch(code), Period.parse(period), user=office, now=now)


def test_report_actions_are_refused_to_roles_other_than_office(
    clerk, monthly, branch, now, effective_upload
):
    with pytest.raises(ReportRefusedError, match="办公室"):
        services.draft_report(monthly, branch("53"), AUGUST, user=clerk, now=now)


def test_edited_paragraph_survives_refresh_and_reports_changed_figures(
    report, office, clerk, reviewer, branch, now
):
    services.edit_paragraph(report.pk, RAISED, "八月募集1234.58万元，来之不易。", user=office)
    create_effective_upload(
        clerk, reviewer, branch("5301"), ledger_workbook(10_000, tickets="B"), now=now
    )

    report = services.refresh_report(report.pk, user=office, now=now)

    block = raised_paragraph(report)
    assert block_text(block) == "八月募集1234.58万元，来之不易。"
    assert block["stale"]
    assert report.figures["donations.raised|2021-08|53|||"]["value"] == "12355778"


def test_figure_in_an_edited_paragraph_keeps_its_source_link(report, office):
    report = services.edit_paragraph(report.pk, RAISED, "共募集1234.58万元。", user=office)

    pieces = raised_paragraph(report)["pieces"]
    assert [piece["text"] for piece in pieces if piece.get("figures")] == ["1234.58万元"]


def test_emptied_paragraph_is_not_printed(report, office):
    report = services.edit_paragraph(report.pk, RAISED, " ", user=office)

    assert "募集捐赠款物" not in report_text(report)


def test_final_report_carries_the_digest_of_its_figures(
    report, office, clerk, reviewer, branch, now
):
    final = services.finalise_report(
        report.pk, document_number="云红〔2021〕9号", user=office, now=now
    )
    create_effective_upload(
        clerk, reviewer, branch("5301"), ledger_workbook(22, tickets="C"), now=now
    )

    assert final.figures_digest == figures_digest(final.figures)
    changes = figure_changes.list_figure_changes(final)
    raised = next(change for change in changes if change.stored["indicator"] == "donations.raised")
    assert (raised.stored["value"], raised.value) == ("12345778", "12345800")
    with pytest.raises(ReportRefusedError, match="已定稿"):
        services.refresh_report(report.pk, user=office, now=now)


def test_database_refuses_changing_a_final_report(report, office, now):
    services.finalise_report(report.pk, document_number="", user=office, now=now)

    with pytest.raises(InternalError), transaction.atomic():
        Report.objects.filter(pk=report.pk).update(content={})


def test_issued_report_change_or_deletion_is_refused(report, office, now):
    services.finalise_report(report.pk, document_number="", user=office, now=now)
    services.issue_report(report.pk, user=office, now=now)

    with pytest.raises(InternalError), transaction.atomic():
        Report.objects.filter(pk=report.pk).update(document_number="改")
    with pytest.raises(InternalError), transaction.atomic():
        Report.objects.filter(pk=report.pk).delete()


def test_issued_reports_are_numbered_by_year_without_gaps(
    report, office, monthly, branch, now, clerk, reviewer
):
    create_effective_upload(
        clerk,
        reviewer,
        branch("5301"),
        ledger_workbook(5, day="2021-09-08"),
        now=now,
        period="2021-09",
    )
    second = services.draft_report(
        monthly, branch("53"), Period.parse("2021-09"), user=office, now=now
    )

    numbers = []
    for draft_ in (report, second):
        services.finalise_report(draft_.pk, document_number="", user=office, now=now)
        numbers.append(services.issue_report(draft_.pk, user=office, now=now).issue)

    assert numbers == ["2022年第1期", "2022年第2期"]


def test_report_of_an_unfinished_period_is_refused(office, monthly, branch, now):
    with pytest.raises(ReportRefusedError, match="2022年2月还没有结束"):
        services.draft_report(monthly, branch("53"), Period.parse("2022-02"), user=office, now=now)


def test_final_report_digest_is_verified_by_recomputing(report, office, now):
    final = services.finalise_report(report.pk, document_number="", user=office, now=now)

    assert figure_changes.is_intact(final)
    next(iter(final.content["figures"].values()))["value"] = "1"
    assert not figure_changes.is_intact(final)


def test_unread_branches_are_named_and_reminded_once_a_day(report, office, clerk, person, now):
    reader = person(Role.STATISTICIAN, "5303")
    services.finalise_report(report.pk, document_number="", user=office, now=now)
    report = services.issue_report(report.pk, user=office, now=now)
    services.acknowledge_report(report, user=clerk, now=now)

    behind = services.remind_branches(report, user=office, now=now)

    assert "5301" not in {branch.code for branch in behind}
    assert len(behind) == Branch.objects.filter(parent=report.branch).count() - 1
    assert Notice.objects.filter(user=reader, text__startswith="请尽快阅读并签收").count() == 1
    assert not Notice.objects.filter(user=clerk, text__startswith="请尽快阅读").exists()
    with pytest.raises(ReportRefusedError, match="今天已经催阅过"):
        services.remind_branches(report, user=office, now=now)


def test_report_section_without_data_says_so_in_one_sentence(report):
    chapters = {chapter["heading"]: chapter["blocks"] for chapter in report.content["chapters"]}

    problems = [block for block in chapters["三、存在问题"] if block["kind"] == "text"]
    assert [block_text(block) for block in problems] != []
    assert all(chapters.values())


def test_report_headings_over_empty_sections_are_removed_and_renumbered(report, office):
    for block in report.content["chapters"][0]["blocks"]:
        if block["kind"] == "text":
            services.edit_paragraph(report.pk, block["id"], " ", user=office)
    report.refresh_from_db()

    chapters = apply_edits(report.content, report.edits)

    assert chapters[0]["heading"] == "一、主要指标完成情况"


def test_report_document_figures_equal_the_indicators(report):
    document = docx.Document(io.BytesIO(write_report(report)))
    table = document.tables[0]

    (kunming,) = [row for row in table.rows if row.cells[0].text == "昆明市"]
    figure = report.figures["donations.raised|2021-08|5301|||"]
    assert table.rows[0].cells[1].text == "募集款物合计（万元）"
    assert kunming.cells[1].text == f"{int(figure['value']) / 10_000:.2f}"
    assert all("增长-" not in paragraph.text for paragraph in document.paragraphs)


def test_issued_report_notifies_lower_branches_and_is_receipted_once(report, office, clerk, now):
    services.finalise_report(report.pk, document_number="", user=office, now=now)
    report = services.issue_report(report.pk, user=office, now=now)

    assert Notice.objects.filter(user=clerk, text__contains="请阅读并签收").exists()
    services.acknowledge_report(report, user=clerk, now=now)
    services.acknowledge_report(report, user=clerk, now=now)
    assert report.receipts.count() == 1


def test_draft_report_is_visible_to_its_branch_and_issued_report_to_lower_branches(
    report, office, clerk, now
):
    assert not Report.objects.visible_to(clerk).exists()

    services.finalise_report(report.pk, document_number="", user=office, now=now)
    services.issue_report(report.pk, user=office, now=now)

    assert Report.objects.visible_to(clerk).count() == 1


def test_report_word_document_follows_the_official_layout(report):
    document = docx.Document(io.BytesIO(write_report(report)))
    section = document.sections[0]

    assert [round(length.mm) for length in (section.page_width, section.page_height)] == [210, 297]
    assert [round(length.mm) for length in (section.top_margin, section.left_margin)] == [37, 28]
    assert "募集捐赠款物1234.58万元" in "\n".join(
        paragraph.text for paragraph in document.paragraphs
    )
    assert document.tables[0].rows[0].cells[0].text == "单位"


def test_report_table_numbers_do_not_wrap_and_longest_texts_wrap_first():
    rows = [
        ["单位", "普及应急救护知识人次（人次）", "佐证"],
        ["西双版纳州", "1499985", "很长的说明" * 20],
    ]

    name, number, evidence = compute_widths(rows, 8845)

    assert min(name, number) >= 10 * HALF_CHARACTER
    assert evidence > name + number
    assert 8800 < name + number + evidence <= 8845


def test_report_table_rows_fit_the_table_grid(report):
    document = docx.Document(io.BytesIO(write_report(report)))

    for table in document.tables:
        columns = len(table._tbl.tblGrid)
        assert {len(row._tr.tc_lst) for row in table.rows} == {columns}
        assert table.rows[0]._tr.xpath("./w:trPr/w:tblHeader")


def test_report_paragraph_text_is_escaped_in_the_document(report):
    context = {
        "notice": "", "number_line": "", "title": "<b>甲 & 乙</b>", "addressee": "", "chapters": [],
        "annex_list": [], "annexes": [], "notes": [], "cut_off": "", "society": "", "date": "",
    }  # fmt: skip

    assert "<b>甲 & 乙</b>" in document_text(render_template(default_template(), context))


def test_report_workbook_holds_every_figure_with_its_source(report, office):
    client = Client()
    client.force_login(office)

    book = openpyxl.load_workbook(
        io.BytesIO(client.get(reverse("report-figures", args=[report.pk])).content)
    )

    labels = [row[0].value for row in book["数字来源"].iter_rows(min_row=3)]
    assert len(labels) == len(report.figures)


def test_report_page_links_each_number_to_its_figure(report, office):
    client = Client()
    client.force_login(office)

    page = client.get(reverse("report", args=[report.pk])).content.decode()

    assert '/figures/donations.raised/?branch=53&amp;period=2021-08"' in page


def test_report_page_actions_succeed(report, office):
    client = Client()
    client.force_login(office)

    for name, form in (
        ("refresh", {}),
        ("edit", {"block": RAISED, "text": "改"}),
        ("finalise", {"document_number": "示例1号"}),
        ("reopen", {}),
        ("finalise", {}),
        ("issue", {}),
    ):
        assert client.post(reverse("report-act", args=[report.pk, name]), form).status_code == 302

    report.refresh_from_db()
    assert report.state == ReportState.ISSUED


# The command ------------------------------------------------------------------


def test_report_command_writes_a_document(effective_upload, tmp_path):
    call_command("report", "portal.monthly_bulletin", period="2021-08", output=tmp_path / "a.docx")

    assert "募集捐赠款物1234.58万元" in document_text((tmp_path / "a.docx").read_bytes())
    assert not Report.objects.exists()


@pytest.mark.parametrize(
    ("key", "period", "branch_code", "sentence"),
    [
        ("nothing", "2021-08", "53", "没有名为“nothing”的报告"),
        ("portal.monthly_bulletin", "2021-13", "53", "无法识别报告期"),
        ("portal.monthly_bulletin", "2021-08", "99", "没有代码或名称为“99”的机构"),
        ("portal.monthly_bulletin", "2019-08", "53", "没有可用的数据"),
    ],
)
def test_report_command_with_invalid_arguments_writes_no_file(
    db, tmp_path, capsys, key, period, branch_code, sentence
):
    with pytest.raises(SystemExit) as stopped:
        call_command("report", key, period=period, branch=branch_code, output=tmp_path / "a.docx")

    assert stopped.value.code == 3
    assert sentence in capsys.readouterr().err
    assert not (tmp_path / "a.docx").exists()
