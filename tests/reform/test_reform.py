"""Reform: dated governance facts, key tasks, members and units, the matrix."""

import datetime as dt
import io

import openpyxl
import pytest
from django.urls import reverse
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from redcross.accounts.choices import Role
from redcross.uploads.choices import UploadState
from redcross.uploads.workflow import revert
from reform import services
from reform.choices import Answer, Light, TaskState
from reform.models import GovernanceFact, KeyTask, LightRule, TaskProgress
from reform.sheets.answers import parse_leader_answer

pytestmark = pytest.mark.django_db
FACTS = "单位 党委分管领导 服务窗口"
TASKS = "年度 序号 重点任务 完成时限 填报日期 状态 佐证 完成日期"


def read_facts():
    facts = GovernanceFact.objects.filter(item__code="party-leader").order_by("since")
    return [(fact.answer, fact.since, fact.ended_on) for fact in facts]


def load_leader_fact(pipeline, period, mark):
    return pipeline.effective("reform.governance", FACTS, ("昆明市", mark, ""), period=period)


QUARTERS = ["2020Q4", "2021Q1", "2021Q2", "2021Q3"]


@settings(max_examples=4, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(order=st.permutations(QUARTERS))
def test_governance_fact_holds_until_the_next_in_any_upload_order(pipeline, order):
    GovernanceFact.objects.all().delete()
    for quarter in order:
        load_leader_fact(pipeline, quarter, "√" if quarter in ("2021Q1", "2021Q3") else "×")

    assert read_facts() == [
        (Answer.NO, dt.date(2020, 12, 31), dt.date(2021, 3, 30)),
        (Answer.YES, dt.date(2021, 3, 31), dt.date(2021, 6, 29)),
        (Answer.NO, dt.date(2021, 6, 30), dt.date(2021, 9, 29)),
        (Answer.YES, dt.date(2021, 9, 30), None),
    ]
    GovernanceFact.objects.all().delete()


def test_reverted_governance_fact_lets_the_previous_one_hold(pipeline):
    load_leader_fact(pipeline, "2021Q1", "√")
    second = load_leader_fact(pipeline, "2021Q2", "×")

    revert.revert_upload(second.pk, user=pipeline.clerk, now=pipeline.now)

    assert read_facts() == [(Answer.YES, dt.date(2021, 3, 31), None)]


def test_governance_measure_is_counted_as_of_a_day(pipeline, value):
    load_leader_fact(pipeline, "2021Q1", "√")
    load_leader_fact(pipeline, "2021Q3", "×")

    assert value("reform.party_leader_in_charge", "2021-06", level="PREFECTURE") == 1
    assert not value("reform.party_leader_in_charge", "2021-12", level="PREFECTURE")


def test_unbalanced_member_count_is_an_error_naming_the_sum(pipeline):
    headings = "单位 会员期初 新增成人会员 注销会员 会员期末"

    upload = pipeline.checked("reform.network", headings, ("昆明市", 100, 20, 5, 116))

    assert upload.state == UploadState.HAS_ERRORS
    assert any("期初" in text and "期末" in text for text in pipeline.messages(upload))


def test_grassroots_units_of_townships_and_schools_are_summed(pipeline, value):
    pipeline.effective(
        "reform.units",
        "基层组织名称 类别 成立日期",
        ("示例乡红十字会", "乡镇", "2021-08-01"),
        ("示例小学红十字会", "学校", "2021-08-02"),
        ("示例医院红十字会", "医疗", "2021-08-03"),
        period="2021Q3",
    )

    both = {"by": ("kind",), "category": "乡镇+学校"}
    assert value("reform.grassroots_units_new", "2021", **both) == 2
    assert value("reform.grassroots_units_new", "2021") == 3


def load_tasks(pipeline, *rows, code="53"):
    return pipeline.effective("reform.tasks", TASKS, *rows, code=code, period="2021-12")


def test_task_reported_twice_is_completed_once_and_in_time(pipeline, value):
    load_tasks(
        pipeline,
        ("2021", "1", "示例任务", "2021-12-31", "2021-12-20", "已完成", "示例文件", "2021-12-20"),
    )

    assert value("reform.key_tasks_on_time", "2021", own=True) == 1
    assert KeyTask.objects.count() == 1


def test_task_completed_late_is_not_on_time(pipeline, value):
    load_tasks(
        pipeline,
        ("2021", "1", "示例任务", "2021-11-30", "2021-12-20", "已完成", "示例文件", "2021-12-20"),
    )

    assert not value("reform.key_tasks_on_time", "2021", own=True)
    assert value("reform.key_tasks_completed", "2021", own=True) == 1


@pytest.mark.parametrize(
    ("percent", "state", "day", "light"),
    [
        (100, TaskState.COMPLETED, dt.date(2021, 7, 1), Light.DONE),
        (60, TaskState.IN_PROGRESS, dt.date(2021, 7, 1), Light.GREEN),
        (45, TaskState.IN_PROGRESS, dt.date(2021, 7, 1), Light.YELLOW),
        (5, TaskState.IN_PROGRESS, dt.date(2021, 7, 1), Light.RED),
        (90, TaskState.IN_PROGRESS, dt.date(2022, 1, 1), Light.RED),
        (90, TaskState.BEHIND, dt.date(2021, 7, 1), Light.RED),
    ],
)
def test_task_light_follows_the_rule_for_progress(percent, state, day, light):
    rule = LightRule(effective_on=dt.date(2021, 1, 1), yellow_points=15)
    task_ = KeyTask(year=2021, number="1", due_on=dt.date(2021, 12, 31))
    latest = TaskProgress(percent=percent, state=state)

    assert services.compute_light(task_, latest, rule, day) == light


# Pages --------------------------------------------------------------------------


@pytest.fixture
def leader(signed_in, person):
    return signed_in(person(Role.LEADER, "53"))


def test_governance_matrix_shows_the_share_and_names_missing_branches(pipeline, leader):
    load_leader_fact(pipeline, "2021Q4", "√")

    page = leader.get(reverse("reform-matrix") + "?on=2021-12-31").content.decode()

    assert "1/16<br>6.3%" in page
    lacking = page[page.index("尚未落实的单位") :]
    assert "曲靖市" in lacking


def test_governance_matrix_of_an_earlier_day_ignores_later_facts(pipeline, leader):
    load_leader_fact(pipeline, "2021Q4", "√")

    early = leader.get(reverse("reform-matrix") + "?on=2021-06-30").context["matrix"]
    late = leader.get(reverse("reform-matrix") + "?on=2021-12-31").context["matrix"]

    assert len(early.rows) == 16
    assert {cell for _, cells in early.rows for cell in cells} == {None}
    assert sum(cell is not None for _, cells in late.rows for cell in cells) == 1


def test_governance_matrix_with_invalid_date_shows_a_message(leader):
    page = leader.get(reverse("reform-matrix") + "?on=2021-02-30").content.decode()

    assert "无法识别日期“2021-02-30”" in page


@pytest.mark.parametrize("quarters", [1, 3])
def test_governance_matrix_query_count_is_constant(
    pipeline, leader, quarters, django_assert_num_queries
):
    for quarter in QUARTERS[:quarters]:
        load_leader_fact(pipeline, quarter, "√")

    address = reverse("reform-matrix") + "?level=county&on=2021-12-31"
    leader.get(address)  # what a process keeps is read before it is counted

    with django_assert_num_queries(18):
        response = leader.get(address)

    assert len(response.context["matrix"].rows) == 129


def test_governance_matrix_export_holds_text_and_no_formula(pipeline, leader):
    pipeline.effective("reform.governance", "单位 机构性质", ("昆明市", "@SUM(1)"), period="2021Q4")

    answer = leader.get(reverse("reform-matrix") + "?on=2021-12-31&format=xlsx")

    sheet = openpyxl.load_workbook(io.BytesIO(answer.content)).active
    cells = [cell for row in sheet.iter_rows() for cell in row if cell.value == "@SUM(1)"]
    assert [cell.data_type for cell in cells] == ["s"]


def test_governance_matrix_shows_a_prefecture_its_subtree_only(pipeline, signed_in, person):
    load_leader_fact(pipeline, "2021Q4", "√")
    client = signed_in(person(Role.LEADER, "5329"))

    assert client.get(reverse("reform-matrix") + "?branch=53").status_code == 404
    assert client.get(reverse("reform-briefing", args=["5301"])).status_code == 404
    assert client.get(reverse("reform-briefing", args=["5329"])).status_code == 200


def test_task_page_shows_progress_evidence_and_light(pipeline, leader):
    load_tasks(
        pipeline,
        ("2021", "1", "示例任务", "2021-12-31", "2021-12-20", "已完成", "示例文件", "2021-12-20"),
    )

    page = leader.get(reverse("reform-tasks") + "?year=2021").content.decode()

    assert "如期完成 1/1" in page
    assert "示例文件" in page
    assert "已完成" in page


def test_briefing_page_shows_liaison_problems_and_examples(pipeline, leader):
    pipeline.effective(
        "reform.liaisons", "联系单位 联系领导 起始日期", ("大理州", "示例领导", "2021-03-01"),
        code="53", period="2021",
    )  # fmt: skip
    pipeline.effective(
        "reform.problems", "涉及单位 发现日期 来源 问题 责任单位 状态",
        ("大理州", "2021-08-01", "调研", "示例难题", "示例处室", "正在解决"), code="53", period="2021-08",
    )  # fmt: skip

    page = leader.get(reverse("reform-briefing", args=["5329"])).content.decode()

    assert "示例领导" in page
    assert "示例难题" in page


@pytest.mark.parametrize(
    ("text", "answer"),
    [
        ("王某某 县委副书记", "YES"),
        ("李某（县委常委、统战部部长）", "YES"),
        ("赵某 副县长", "YES"),
        ("无", "NO"),
        ("暂未明确，拟由副县长分管", ""),
        ("县长空缺", ""),
        ("看情况", ""),
    ],
)
def test_leader_named_with_office_counts_as_present(text, answer):
    assert str(parse_leader_answer(text)) == answer


def test_leader_name_is_kept_beside_the_answer(pipeline):
    pipeline.effective(
        "reform.governance", "单位 党委分管领导 党组", ("昆明市", "王某 副书记", "√")
    )

    fact = GovernanceFact.objects.get(item_id="party-leader")
    assert (fact.answer, fact.words) == ("YES", "王某 副书记")


def test_task_completed_without_date_takes_the_report_day_with_a_notice(pipeline):
    headings = "序号 重点任务 完成时限 状态 佐证"
    row = ("1", "示例任务", "2021-12-31", "已完成", "示例〔2021〕1号")

    upload = pipeline.effective("reform.tasks", headings, row, code="53")

    assert [finding.code for finding in upload.findings.all()] == ["task.completed_undated"]
    progress = TaskProgress.objects.get()
    assert (progress.completed_on, progress.on_time) == (dt.date(2021, 8, 31), True)
