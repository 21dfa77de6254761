"""Reports are written once, edited by people, fixed for good, and told apart from later data."""

import datetime as dt
import io
import threading

import docx
import openpyxl
import pytest
from django.core.management import call_command
from django.db import InternalError, close_old_connections, connection, transaction
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from redcross.accounts.choices import Role
from redcross.notices.models import Notice
from redcross.periods import Period
from redcross.reports import services
from redcross.reports.choices import State
from redcross.reports.content import NothingToTellError, digest, edited, text_of
from redcross.reports.declaration import kinds
from redcross.reports.document import (
    TemplateRefusedError,
    check_template,
    document_of,
    own_template,
    rendered,
)
from redcross.reports.models import Report, ReportSchedule
from redcross.reports.services import ReportRefusedError
from tests.ledger import effective, ledger

pytestmark = pytest.mark.django_db
AUGUST = Period.parse("2021-08")
RAISED = "donations.raised:0"


@pytest.fixture
def monthly():
    return kinds["portal.monthly_bulletin"]


@pytest.fixture
def office(person):
    return person(Role.OFFICE, "53")


@pytest.fixture
def loaded(clerk, reviewer, branch, now):
    return effective(clerk, reviewer, branch("5301"), ledger(12_345_678, 100), now=now)


@pytest.fixture
def report(office, monthly, branch, now, loaded):
    return services.draft(monthly, branch("53"), AUGUST, user=office, now=now)


def words(report):
    return "\n".join(
        text_of(block)
        for chapter in edited(report.content, report.edits)
        for block in chapter["blocks"]
        if block["kind"] == "text"
    )


def printed(content):
    document = docx.Document(io.BytesIO(content))
    return "\n".join(each.text for each in document.paragraphs)


def test_every_report_names_passages_that_some_app_tells():
    assert len(kinds) >= 7
    for kind in kinds.values():
        assert kinds.passages_of(kind)


def test_a_report_tells_figures_as_documents_write_them(report):
    assert "募集捐赠款物1234.58万元" in words(report)
    assert report.content["title"] == "关于2021年8月全省红十字会重点工作完成情况的通报"


def test_each_number_keeps_the_question_it_answers(report):
    told = report.figures["donations.raised|2021-08|53|||"]

    assert (told["value"], told["unit"], told["from"]) == ("12345778", "元", "rows")


def test_a_report_costs_the_same_however_much_it_tells(
    office, monthly, branch, now, loaded, django_assert_max_num_queries
):
    with django_assert_max_num_queries(70):
        services.draft(monthly, branch("53"), AUGUST, user=office, now=now)


def test_a_report_asked_twice_is_written_once(report, office, monthly, branch, now):
    with pytest.raises(ReportRefusedError, match="已经生成"):
        services.draft(monthly, branch("53"), AUGUST, user=office, now=now)

    assert Report.objects.count() == 1


def test_a_period_without_data_is_refused_and_nothing_is_written(office, monthly, branch, now):
    with pytest.raises(NothingToTellError, match="2019年1月没有可用的数据"):
        services.draft(monthly, branch("53"), Period.parse("2019-01"), user=office, now=now)

    assert not Report.objects.exists()


@pytest.mark.parametrize(
    ("code", "period", "sentence"),
    [
        ("53", "2021", "按一个月编写"),
        ("53", "..2021-08", "按一个月编写"),
        ("530102", "2021-08", "不面向"),
    ],
)
def test_a_report_is_made_for_its_own_periods_and_levels(
    office, monthly, branch, now, code, period, sentence
):
    with pytest.raises(ReportRefusedError, match=sentence):
        services.draft(monthly, branch(code), Period.parse(period), user=office, now=now)


def test_only_the_office_writes(clerk, monthly, branch, now, loaded):
    with pytest.raises(ReportRefusedError, match="办公室"):
        services.draft(monthly, branch("53"), AUGUST, user=clerk, now=now)


def test_a_persons_words_survive_a_refresh_and_say_when_the_ground_has_moved(
    report, office, clerk, reviewer, branch, now
):
    services.edit(report.pk, RAISED, "八月募集1234.58万元，来之不易。", user=office)
    effective(clerk, reviewer, branch("5301"), ledger(10_000, tickets="B"), now=now)

    report = services.refresh(report.pk, user=office, now=now)

    block = edited(report.content, report.edits)[0]["blocks"][0]
    assert text_of(block) == "八月募集1234.58万元，来之不易。"
    assert block["stale"]
    assert report.figures["donations.raised|2021-08|53|||"]["value"] == "12355778"


def test_a_number_that_a_person_kept_still_leads_to_its_source(report, office):
    report = services.edit(report.pk, RAISED, "共募集1234.58万元。", user=office)

    pieces = edited(report.content, report.edits)[0]["blocks"][0]["pieces"]
    assert [piece["text"] for piece in pieces if piece.get("figures")] == ["1234.58万元"]


def test_a_paragraph_that_is_emptied_is_not_printed(report, office):
    report = services.edit(report.pk, RAISED, " ", user=office)

    assert "募集捐赠款物" not in words(report)


def test_what_is_final_carries_the_digest_of_its_figures_and_stays(
    report, office, clerk, reviewer, branch, now
):
    final = services.finalise(report.pk, document_number="云红〔2021〕9号", user=office, now=now)
    effective(clerk, reviewer, branch("5301"), ledger(22, tickets="C"), now=now)

    assert final.figures_digest == digest(final.figures)
    changes = services.changes_since(final)
    raised = next(each for each in changes if each.told["indicator"] == "donations.raised")
    assert (raised.told["value"], raised.value) == ("12345778", "12345800")
    with pytest.raises(ReportRefusedError, match="已定稿"):
        services.refresh(report.pk, user=office, now=now)


def test_the_database_keeps_a_final_report_as_it_is(report, office, now):
    services.finalise(report.pk, document_number="", user=office, now=now)

    with pytest.raises(InternalError), transaction.atomic():
        Report.objects.filter(pk=report.pk).update(content={})


def test_an_issued_report_can_be_neither_changed_nor_deleted(report, office, now):
    services.finalise(report.pk, document_number="", user=office, now=now)
    services.issue(report.pk, user=office, now=now)

    with pytest.raises(InternalError), transaction.atomic():
        Report.objects.filter(pk=report.pk).update(document_number="改")
    with pytest.raises(InternalError), transaction.atomic():
        Report.objects.filter(pk=report.pk).delete()


def test_issues_are_numbered_by_year_without_gaps(
    report, office, monthly, branch, now, clerk, reviewer
):
    effective(
        clerk, reviewer, branch("5301"), ledger(5, day="2021-09-08"), now=now, period="2021-09"
    )
    second = services.draft(monthly, branch("53"), Period.parse("2021-09"), user=office, now=now)

    numbers = []
    for each in (report, second):
        services.finalise(each.pk, document_number="", user=office, now=now)
        numbers.append(services.issue(each.pk, user=office, now=now).issue)

    assert numbers == ["2022年第1期", "2022年第2期"]


def test_an_issued_report_is_told_to_the_branches_below_and_receipted_once(
    report, office, clerk, now
):
    services.finalise(report.pk, document_number="", user=office, now=now)
    report = services.issue(report.pk, user=office, now=now)

    assert Notice.objects.filter(user=clerk, text__contains="请阅读并签收").exists()
    services.receive(report, user=clerk, now=now)
    services.receive(report, user=clerk, now=now)
    assert report.receipts.count() == 1


def test_a_draft_is_its_own_branchs_and_an_issued_one_everybodys_below(report, office, clerk, now):
    assert not Report.objects.visible_to(clerk).exists()

    services.finalise(report.pk, document_number="", user=office, now=now)
    services.issue(report.pk, user=office, now=now)

    assert Report.objects.visible_to(clerk).count() == 1


def test_the_word_document_is_laid_out_as_official_documents_are(report):
    document = docx.Document(io.BytesIO(document_of(report)))
    section = document.sections[0]

    assert [round(each.mm) for each in (section.page_width, section.page_height)] == [210, 297]
    assert [round(each.mm) for each in (section.top_margin, section.left_margin)] == [37, 28]
    assert "募集捐赠款物1234.58万元" in "\n".join(each.text for each in document.paragraphs)
    assert document.tables[0].rows[0].cells[0].text == "单位"


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("{{ secret }}", "不认识的名称“secret”"),
        ("{% if %}", "标记写得不对"),
        ("{{ title.__class__.__mro__[1].__subclasses__() }}", "无法填写"),
    ],
)
def test_a_template_that_cannot_be_filled_is_refused_with_a_sentence(text, sentence):
    document = docx.Document()
    document.add_paragraph(text)
    buffer = io.BytesIO()
    document.save(buffer)

    with pytest.raises(TemplateRefusedError, match=sentence):
        check_template(buffer.getvalue())


def test_what_is_no_word_document_is_refused():
    with pytest.raises(TemplateRefusedError, match="不是 Word 文档"):
        check_template(b"PK\x03\x04 nothing")


def test_the_portals_own_template_passes_its_own_check():
    check_template(own_template())


def test_words_in_a_report_are_words_in_the_document(report):
    context = {
        "notice": "", "number_line": "", "title": "<b>甲 & 乙</b>", "addressee": "", "chapters": [],
        "notes": [], "cut_off": "", "society": "", "date": "",
    }  # fmt: skip

    assert "<b>甲 & 乙</b>" in printed(rendered(own_template(), context))


def test_the_workbook_of_a_report_holds_every_figure_with_its_source(report, office):
    client = Client()
    client.force_login(office)

    book = openpyxl.load_workbook(
        io.BytesIO(client.get(reverse("report-figures", args=[report.pk])).content)
    )

    labels = [row[0].value for row in book["数字来源"].iter_rows(min_row=3)]
    assert len(labels) == len(report.figures)


def test_the_page_of_a_report_leads_from_each_number_to_its_figure(report, office):
    client = Client()
    client.force_login(office)

    page = client.get(reverse("report", args=[report.pk])).content.decode()

    assert '/figures/donations.raised/?branch=53&amp;period=2021-08"' in page


def test_every_act_on_the_page_answers(report, office):
    client = Client()
    client.force_login(office)

    for name, said in (
        ("refresh", {}),
        ("edit", {"block": RAISED, "text": "改"}),
        ("finalise", {"document_number": "示例1号"}),
        ("reopen", {}),
        ("finalise", {}),
        ("issue", {}),
    ):
        assert client.post(reverse("report-act", args=[report.pk, name]), said).status_code == 302

    report.refresh_from_db()
    assert report.state == State.ISSUED


# What is due ------------------------------------------------------------------


def shanghai(text):
    return timezone.make_aware(dt.datetime.fromisoformat(text))


def scheduled(*wanted, since=dt.date(2021, 1, 1)):
    for key in kinds:
        ReportSchedule.objects.create(kind=key, starts_on=since, enabled=key in wanted)


def test_two_years_of_beat_with_outages_write_every_due_report_once(branch):
    kind = kinds["donors.monthly"]
    scheduled(kind.key)
    moments = [
        shanghai("2021-02-09T23:50"),  # a day too early
        shanghai("2021-02-10T00:10"),
        shanghai("2021-02-10T00:10"),  # beat twice
        shanghai("2021-07-01T08:00"),  # months of outage
        *(shanghai(f"{2021 + at // 12}-{at % 12 + 1:02}-10T08:00") for at in range(7, 24)),
        shanghai("2023-01-10T08:00"),
    ]

    made = [
        str(report.period)
        for moment in moments
        for report in services.issue_due(moment)
        if report.kind == kind.key
    ]

    assert made == [f"{2021 + at // 12}-{at % 12 + 1:02}" for at in range(24)]


def test_a_report_is_not_written_before_its_day(branch):
    scheduled("donors.monthly")

    assert services.issue_due(shanghai("2021-02-09T23:59")) == []


def test_a_schedule_that_is_off_writes_nothing(branch):
    scheduled()

    assert services.issue_due(shanghai("2022-02-20T08:00")) == []


@pytest.mark.django_db(transaction=True)
def test_two_beats_at_once_write_each_report_once(committed):
    committed()
    scheduled("donors.monthly", "donations.quarterly", since=dt.date(2021, 12, 1))
    made = []

    def beat():
        try:
            made.extend(services.issue_due(shanghai("2022-01-20T08:00")))
        finally:
            connection.close()
            close_old_connections()

    beats = [threading.Thread(target=beat) for _ in range(2)]
    for each in beats:
        each.start()
    for each in beats:
        each.join()

    assert sorted(report.kind for report in made) == ["donations.quarterly", "donors.monthly"]


# The command ------------------------------------------------------------------


def test_the_command_writes_a_document(loaded, tmp_path):
    call_command("report", "portal.monthly_bulletin", period="2021-08", output=tmp_path / "a.docx")

    assert "募集捐赠款物1234.58万元" in printed((tmp_path / "a.docx").read_bytes())
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
def test_the_command_refuses_with_a_sentence_and_writes_no_file(
    db, tmp_path, capsys, key, period, branch_code, sentence
):
    with pytest.raises(SystemExit) as stopped:
        call_command("report", key, period=period, branch=branch_code, output=tmp_path / "a.docx")

    assert stopped.value.code == 3
    assert sentence in capsys.readouterr().err
    assert not (tmp_path / "a.docx").exists()
