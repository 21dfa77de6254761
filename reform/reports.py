"""What reports tell of reform and organisation."""

import datetime as dt
from collections.abc import Iterator

from redcross.branches.choices import Level
from redcross.branches.models import Branch
from redcross.indicators.query.question import Figure
from redcross.reports.declare.declaration import section
from redcross.reports.narrative.blocks import (
    Block,
    CellValue,
    Paragraph,
    TextPiece,
    build_paragraph,
    build_table,
)
from redcross.reports.narrative.branch_tables import build_branch_table
from redcross.reports.narrative.report_context import ReportContext
from redcross.reports.narrative.sentences import (
    build_text_paragraph,
    fill_clause,
    format_share,
    join_clauses,
)
from reform.choices import Light, TaskState
from reform.models import (
    Activity,
    Document,
    GoodExample,
    KeyTask,
    Milestone,
    Problem,
    TaskProgress,
    Visit,
)

MAX_LISTED = 8


@section("reform.governance")
def describe_governance(story: ReportContext) -> Iterator[Block]:
    """How many branches have come how far, as of the period's last day."""
    counties = _count_branches(story, Level.COUNTY)
    day = story.period.last_day
    date = f"截至{day.year}年{day.month}月{day.day}日"
    leaders = story.figure("reform.party_leader_in_charge", level=Level.COUNTY)
    windows = story.figure("reform.service_windows", level=Level.COUNTY)
    groups = story.figure("reform.party_group_set", level=Level.COUNTY)
    prefectures: tuple[TextPiece, ...] = ()
    if story.branch.level == Level.PROVINCE:
        of_prefectures = story.figure("reform.party_leader_in_charge", level=Level.PREFECTURE)
        prefectures = fill_clause(
            "{now}州（市）（占{share}）",
            now=of_prefectures,
            share=format_share(of_prefectures, _count_branches(story, Level.PREFECTURE)),
        )
    of_counties = fill_clause(
        "{now}县（市、区）（占{share}）明确了分管红十字会工作的党委领导",
        now=leaders,
        share=format_share(leaders, counties),
    )
    lead = join_clauses(prefectures, of_counties, by="、")
    if lead:
        yield from build_paragraph((TextPiece(f"{date}，{story.area}"), *lead))
    yield from build_paragraph(
        join_clauses(
            fill_clause(
                "{now}县级红十字会在政务大厅设有红十字服务窗口（占{share}）",
                now=windows,
                share=format_share(windows, counties),
            ),
            fill_clause("{now}县级红十字会设立了党组", now=groups),
        )
    )


def _count_branches(story: ReportContext, level: str) -> int:
    return Branch.objects.under(story.branch).filter(level=level).count()


@section("reform.network")
def describe_network(story: ReportContext) -> Iterator[Block]:
    """New units, members and volunteers."""
    units = story.figure("reform.grassroots_units_new", by=("kind",), category="乡镇+学校")
    yield from build_paragraph(
        join_clauses(
            fill_clause("新发展乡镇、学校红十字基层组织{units}", units=units),
            fill_clause("新发展红十字会会员{members}", members=story.figure("reform.members_new")),
            fill_clause(
                "新注册志愿者{volunteers}", volunteers=story.figure("reform.volunteers_new")
            ),
            fill_clause("志愿服务{hours}", hours=story.figure("reform.volunteer_hours")),
        )
    )


@section("reform.tasks")
def describe_tasks(story: ReportContext) -> Iterator[Block]:
    """The year's key tasks: how many are done in time, and each with its state."""
    year = story.period.last.year
    year_tasks = list(
        KeyTask.objects.filter(branch=story.branch, year=year).order_by("due_on", "number")
    )
    if not year_tasks:
        return
    on_time = story.figure("reform.key_tasks_on_time", own=True)
    yield from build_paragraph(
        join_clauses(
            fill_clause("{year}年共列{count}项年度重点任务", year=year, count=len(year_tasks)),
            fill_clause("其中{on_time}如期完成", on_time=on_time),
        )
    )
    latest = _latest_progress(story, year)
    rows = [
        (task.number, task.name, _format_day(task.due_on), *_format_state(latest.get(task.number)))
        for task in sorted(year_tasks, key=lambda item: _number_sort_key(item.number))
    ]
    yield build_table(
        f"{year}年重点任务推进情况", ("序号", "重点任务", "完成时限", "状态", "佐证"), rows
    )


def _format_day(day: dt.date) -> str:
    return f"{day.year}年{day.month}月{day.day}日"


def _number_sort_key(text: str) -> tuple[int, str]:
    return (int(text), "") if text.isdigit() else (10_000, text)


def _latest_progress(story: ReportContext, year: int) -> dict[str, TaskProgress]:
    reports = TaskProgress.objects.filter(
        branch=story.branch, year=year, told_on__lt=story.period.end
    ).order_by("told_on", "pk")
    return {report.number: report for report in reports}


def _format_state(progress: TaskProgress | None) -> tuple[str, str]:
    if progress is None:
        return "未填报", ""
    if progress.state == TaskState.COMPLETED:
        done = "如期完成" if progress.on_time else "已完成（逾期）"
        return done, progress.evidence
    return f"{progress.get_state_display()} {progress.percent:f}%", progress.evidence


@section("reform.next_tasks")
def describe_next_tasks(story: ReportContext) -> Iterator[Block]:
    """What the next year is to bring."""
    year = story.period.last.year + 1
    names = [
        task.name
        for task in sorted(
            KeyTask.objects.filter(branch=story.branch, year=year),
            key=lambda task: _number_sort_key(task.number),
        )
    ]
    if names:
        yield from build_text_paragraph(
            f"{year}年重点抓好{'；'.join(names)}，确保各项任务落地见效。"
        )


@section("reform.behind")
def describe_late_tasks(story: ReportContext) -> Iterator[Block]:
    """Tasks that lag, by name."""
    latest = _latest_progress(story, story.period.last.year)
    late = [
        f"{progress.name}（{Light.RED.label}，完成{progress.percent:f}%）"
        for progress in latest.values()
        if progress.state == TaskState.BEHIND
    ]
    if late:
        yield from build_text_paragraph(f"进度滞后的重点任务：{'、'.join(late)}。")


@section("reform.mechanisms")
def describe_mechanisms(story: ReportContext) -> Iterator[Block]:
    """Milestones and documents that moved the work."""
    inside = {"happened_on__gte": story.period.start, "happened_on__lt": story.period.end}
    milestones = Milestone.objects.filter(
        branch__code__startswith=story.branch.code, **inside
    ).order_by("happened_on")
    yield from _list_names("里程碑：", [item.name for item in milestones[:MAX_LISTED]])
    documents = Document.objects.filter(
        branch__code__startswith=story.branch.code,
        issued_on__gte=story.period.start,
        issued_on__lt=story.period.end,
    ).order_by("issued_on")
    yield from _list_names(
        "印发文件：", [_format_document(item) for item in documents[:MAX_LISTED]]
    )


def _format_document(document: Document) -> str:
    jointly = document.issued_jointly_with
    with_whom = f"（与{jointly}联发）" if jointly else ""
    return f"《{document.name.strip('《》')}》{with_whom}"


@section("reform.activities")
def describe_activities(story: ReportContext) -> Iterator[Block]:
    """What was held: commemorations, trainings, forums."""
    activities = Activity.objects.filter(
        branch=story.branch, held_on__gte=story.period.start, held_on__lt=story.period.end
    ).order_by("held_on")
    yield from _list_names("开展活动：", [activity.name for activity in activities[:MAX_LISTED]])


@section("reform.liaison")
def describe_liaison(story: ReportContext) -> Iterator[Block]:
    """Visits of leaders, and what became of the problems they met."""
    visits = Visit.objects.filter(
        branch__code__startswith=story.branch.code,
        visited_on__gte=story.period.start,
        visited_on__lt=story.period.end,
    ).count()
    problems = story.figure("reform.problems_found")
    solved = story.figure("reform.problems_solved")
    yield from build_paragraph(
        join_clauses(
            fill_clause("省红十字会领导挂钩联系走访{visits}次", visits=visits) if visits else (),
            fill_clause("调研发现基层困难和问题{found}", found=problems),
            fill_clause("已解决{solved}", solved=solved),
        )
    )


@section("reform.open_problems")
def list_open_problems(story: ReportContext) -> Iterator[Block]:
    """Problems not yet solved, with who owns them."""
    problems = Problem.objects.filter(
        branch__code__startswith=story.branch.code, found_on__lt=story.period.end
    ).exclude(solved_on__lt=story.period.end)
    rows = [
        (problem.branch.short_name, problem.content, problem.owner, problem.get_state_display())
        for problem in problems.select_related("branch").order_by("branch__code", "found_on")[:20]
    ]
    if rows:
        yield build_table("尚未解决的问题", ("单位", "问题", "责任单位", "状态"), rows)


@section("reform.natures")
def describe_natures(story: ReportContext) -> Iterator[Block]:
    """Where institutions and staff differ from county to county."""
    for key, lead in (
        ("reform.body_nature", "县级红十字会机构性质不统一："),
        ("reform.staff_nature", "县级红十字会人员性质不统一："),
    ):
        lines = [line for line in story.lines(key, level=Level.COUNTY, by=("words",)) if line.value]
        if len(lines) > 1:
            yield from _list_figures(lead, lines)


def _list_figures(lead: str, lines: list[Figure]) -> Iterator[Paragraph]:
    clauses = [fill_clause("{name}{line}", name=line.category, line=line) for line in lines]
    yield from build_paragraph((TextPiece(lead), *join_clauses(*clauses, by="、")))


@section("reform.examples")
def describe_examples(story: ReportContext) -> Iterator[Block]:
    """How one branch did what others can learn from."""
    examples = GoodExample.objects.filter(
        branch__code__startswith=story.branch.code,
        told_on__gte=story.period.start,
        told_on__lt=story.period.end,
    ).select_related("branch")
    for example in examples.order_by("told_on")[:MAX_LISTED]:
        yield from build_text_paragraph(
            f"{example.branch.short_name}：{example.name}（{example.get_method_display()}）。"
            f"{example.content}"
        )


@section("reform.by_branch")
def table_by_branch(story: ReportContext) -> Iterator[Block]:
    """The table of branches."""
    yield from build_branch_table(
        story,
        "组织建设情况",
        ("reform.members_new", "reform.grassroots_units_new", "reform.volunteers_new"),
    )


@section("reform.measures")
def tabulate_measures(story: ReportContext) -> Iterator[Block]:
    """The reform's measures by branch: how many of the subtree have each."""
    keys = (
        "reform.party_leader_in_charge",
        "reform.party_group_set",
        "reform.independent_body",
        "reform.council_renewed",
        "reform.supervisory_board",
        "reform.service_windows",
    )
    columns = [story.lines(key, by=("branch",)) for key in keys]
    if not all(columns):
        return
    head = ["单位", "分管领导", "党组", "机构单设", "理事会", "监事会", "服务窗口"]
    rows: list[list[CellValue | None]] = [
        [line.branch.short_name, *(column[index] for column in columns)]
        for index, line in enumerate(columns[0])
        if not line.own
    ]
    yield build_table("改革措施落实单位数（含本级与所辖县）", head, rows)


def _list_names(lead: str, names: list[str]) -> Iterator[Paragraph]:
    if names:
        yield from build_text_paragraph(f"{lead}{'；'.join(names)}。")
