"""What reports tell of reform and organisation."""

import datetime as dt
from collections.abc import Iterator

from redcross.branches.choices import Level
from redcross.branches.models import Branch
from redcross.indicators.query.resolve import Figure
from redcross.reports.declaration import passage
from redcross.reports.story import (
    Block,
    Paragraph,
    Said,
    Story,
    Told,
    clause,
    paragraph,
    plain,
    sentence,
    share,
    table,
)
from redcross.reports.tables import by_branch
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

MOST = 8


@passage("reform.governance")
def governance(story: Story) -> Iterator[Block]:
    """How many branches have come how far, as of the period's last day."""
    counties = _count(story, Level.COUNTY)
    day = story.period.last_day
    date = f"截至{day.year}年{day.month}月{day.day}日"
    leaders = story.figure("reform.party_leader_in_charge", level=Level.COUNTY)
    windows = story.figure("reform.service_windows", level=Level.COUNTY)
    groups = story.figure("reform.party_group_set", level=Level.COUNTY)
    prefectures: tuple[Told, ...] = ()
    if story.branch.level == Level.PROVINCE:
        of_prefectures = story.figure("reform.party_leader_in_charge", level=Level.PREFECTURE)
        prefectures = clause(
            "{now}州（市）（占{share}）",
            now=of_prefectures,
            share=share(of_prefectures, _count(story, Level.PREFECTURE)),
        )
    of_counties = clause(
        "{now}县（市、区）（占{share}）明确了分管红十字会工作的党委领导",
        now=leaders,
        share=share(leaders, counties),
    )
    lead = sentence(prefectures, of_counties, by="、")
    if lead:
        yield from paragraph((Told(f"{date}，{story.where}"), *lead))
    yield from paragraph(
        sentence(
            clause(
                "{now}县级红十字会在政务大厅设有红十字服务窗口（占{share}）",
                now=windows,
                share=share(windows, counties),
            ),
            clause("{now}县级红十字会设立了党组", now=groups),
        )
    )


def _count(story: Story, level: str) -> int:
    return Branch.objects.under(story.branch).filter(level=level).count()


@passage("reform.network")
def network(story: Story) -> Iterator[Block]:
    """New units, members and volunteers."""
    units = story.figure("reform.grassroots_units_new", by=("kind",), category="乡镇+学校")
    yield from paragraph(
        sentence(
            clause("新发展乡镇、学校红十字基层组织{units}", units=units),
            clause("新发展红十字会会员{members}", members=story.figure("reform.members_new")),
            clause("新注册志愿者{volunteers}", volunteers=story.figure("reform.volunteers_new")),
            clause("志愿服务{hours}", hours=story.figure("reform.volunteer_hours")),
        )
    )


@passage("reform.tasks")
def tasks(story: Story) -> Iterator[Block]:
    """The year's key tasks: how many are done in time, and each with its state."""
    year = story.period.last.year
    known = list(
        KeyTask.objects.filter(branch=story.branch, year=year).order_by("due_on", "number")
    )
    if not known:
        return
    on_time = story.figure("reform.key_tasks_on_time", own=True)
    yield from paragraph(
        sentence(
            clause("{year}年共列{count}项年度重点任务", year=year, count=len(known)),
            clause("其中{on_time}如期完成", on_time=on_time),
        )
    )
    latest = _latest_progress(story, year)
    rows = [
        (task.number, task.name, _day(task.due_on), *_state(latest.get(task.number)))
        for task in sorted(known, key=lambda each: _as_number(each.number))
    ]
    yield table(f"{year}年重点任务推进情况", ("序号", "重点任务", "完成时限", "状态", "佐证"), rows)


def _day(day: dt.date) -> str:
    return f"{day.year}年{day.month}月{day.day}日"


def _as_number(text: str) -> tuple[int, str]:
    return (int(text), "") if text.isdigit() else (10_000, text)


def _latest_progress(story: Story, year: int) -> dict[str, TaskProgress]:
    told = TaskProgress.objects.filter(
        branch=story.branch, year=year, told_on__lt=story.period.end
    ).order_by("told_on", "pk")
    return {each.number: each for each in told}


def _state(progress: TaskProgress | None) -> tuple[str, str]:
    if progress is None:
        return "未填报", ""
    if progress.state == TaskState.COMPLETED:
        done = "如期完成" if progress.on_time else "已完成（逾期）"
        return done, progress.evidence
    return f"{progress.get_state_display()} {progress.percent:f}%", progress.evidence


@passage("reform.next_tasks")
def next_tasks(story: Story) -> Iterator[Block]:
    """What the next year is to bring."""
    year = story.period.last.year + 1
    names = [
        task.name
        for task in sorted(
            KeyTask.objects.filter(branch=story.branch, year=year),
            key=lambda each: _as_number(each.number),
        )
    ]
    if names:
        yield from plain(f"{year}年重点抓好{'；'.join(names)}，确保各项任务落地见效。")


@passage("reform.behind")
def behind(story: Story) -> Iterator[Block]:
    """Tasks that lag, by name."""
    latest = _latest_progress(story, story.period.last.year)
    late = [
        f"{each.name}（{Light.RED.label}，完成{each.percent:f}%）"
        for each in latest.values()
        if each.state == TaskState.BEHIND
    ]
    if late:
        yield from plain(f"进度滞后的重点任务：{'、'.join(late)}。")


@passage("reform.mechanisms")
def mechanisms(story: Story) -> Iterator[Block]:
    """Milestones and documents that moved the work."""
    inside = {"happened_on__gte": story.period.start, "happened_on__lt": story.period.end}
    milestones = Milestone.objects.filter(
        branch__code__startswith=story.branch.code, **inside
    ).order_by("happened_on")
    yield from _told("里程碑：", [each.name for each in milestones[:MOST]])
    documents = Document.objects.filter(
        branch__code__startswith=story.branch.code,
        issued_on__gte=story.period.start,
        issued_on__lt=story.period.end,
    ).order_by("issued_on")
    yield from _told("印发文件：", [_document(each) for each in documents[:MOST]])


def _document(document: Document) -> str:
    jointly = document.issued_jointly_with
    with_whom = f"（与{jointly}联发）" if jointly else ""
    return f"《{document.name.strip('《》')}》{with_whom}"


@passage("reform.activities")
def activities(story: Story) -> Iterator[Block]:
    """What was held: commemorations, trainings, forums."""
    held = Activity.objects.filter(
        branch=story.branch, held_on__gte=story.period.start, held_on__lt=story.period.end
    ).order_by("held_on")
    yield from _told("开展活动：", [each.name for each in held[:MOST]])


@passage("reform.liaison")
def liaison(story: Story) -> Iterator[Block]:
    """Visits of leaders, and what became of the problems they met."""
    visits = Visit.objects.filter(
        branch__code__startswith=story.branch.code,
        visited_on__gte=story.period.start,
        visited_on__lt=story.period.end,
    ).count()
    found = story.figure("reform.problems_found")
    solved = story.figure("reform.problems_solved")
    yield from paragraph(
        sentence(
            clause("省红十字会领导挂钩联系走访{visits}次", visits=visits) if visits else (),
            clause("调研发现基层困难和问题{found}", found=found),
            clause("已解决{solved}", solved=solved),
        )
    )


@passage("reform.open_problems")
def open_problems(story: Story) -> Iterator[Block]:
    """Problems not yet solved, with who owns them."""
    known = Problem.objects.filter(
        branch__code__startswith=story.branch.code, found_on__lt=story.period.end
    ).exclude(solved_on__lt=story.period.end)
    rows = [
        (problem.branch.short_name, problem.content, problem.owner, problem.get_state_display())
        for problem in known.select_related("branch").order_by("branch__code", "found_on")[:20]
    ]
    if rows:
        yield table("尚未解决的问题", ("单位", "问题", "责任单位", "状态"), rows)


@passage("reform.natures")
def natures(story: Story) -> Iterator[Block]:
    """Where institutions and staff differ from county to county."""
    for key, lead in (
        ("reform.body_nature", "县级红十字会机构性质不统一："),
        ("reform.staff_nature", "县级红十字会人员性质不统一："),
    ):
        lines = [line for line in story.lines(key, level=Level.COUNTY, by=("words",)) if line.value]
        if len(lines) > 1:
            yield from _figures_told(lead, lines)


def _figures_told(lead: str, lines: list[Figure]) -> Iterator[Paragraph]:
    told = [clause("{name}{line}", name=line.category, line=line) for line in lines]
    yield from paragraph((Told(lead), *sentence(*told, by="、")))


@passage("reform.examples")
def examples(story: Story) -> Iterator[Block]:
    """How one branch did what others can learn from."""
    known = GoodExample.objects.filter(
        branch__code__startswith=story.branch.code,
        told_on__gte=story.period.start,
        told_on__lt=story.period.end,
    ).select_related("branch")
    for example in known.order_by("told_on")[:MOST]:
        yield from plain(
            f"{example.branch.short_name}：{example.name}（{example.get_method_display()}）。"
            f"{example.content}"
        )


@passage("reform.by_branch")
def table_by_branch(story: Story) -> Iterator[Block]:
    """The table of branches."""
    yield from by_branch(
        story,
        "组织建设情况",
        ("reform.members_new", "reform.grassroots_units_new", "reform.volunteers_new"),
    )


@passage("reform.measures")
def measures(story: Story) -> Iterator[Block]:
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
    rows: list[list[Said | None]] = [
        [line.branch.short_name, *(column[at] for column in columns)]
        for at, line in enumerate(columns[0])
        if not line.own
    ]
    yield table("改革措施落实单位数（含本级与所辖县）", head, rows)


def _told(lead: str, names: list[str]) -> Iterator[Paragraph]:
    if names:
        yield from plain(f"{lead}{'；'.join(names)}。")
