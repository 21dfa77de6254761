"""Reports that cover several domains, composed of the sections of the domain apps."""

from collections.abc import Iterator, Sequence
from decimal import Decimal

from redcross.branches.choices import Level
from redcross.branches.models import Branch
from redcross.completeness.choices import ObligationStatus
from redcross.completeness.obligations.evaluate import list_obligations
from redcross.completeness.obligations.quality import ReportingQuality, measure_quality
from redcross.indicators.declare.declaration import registry
from redcross.indicators.models import Target
from redcross.indicators.query import formatting
from redcross.reports.declare.declaration import (
    Calendar,
    Chapter,
    ReportKind,
    Subchapter,
    register,
    section,
)
from redcross.reports.narrative.blocks import Block, CellValue, TextPiece, build_table
from redcross.reports.narrative.branch_tables import column_heading, format_figure_cell
from redcross.reports.narrative.report_context import ReportContext
from redcross.reports.narrative.sentences import build_text_paragraph

BOTH_LEVELS = (Level.PROVINCE, Level.PREFECTURE)
MONTHLY = Calendar(months=1, day=10)
QUARTERLY = Calendar(months=3, day=15)
YEARLY = Calendar(months=12, day=20)
WARNING_MARGIN = Decimal(20)


@section("portal.targets")
def targets(context: ReportContext) -> Iterator[Block]:
    """Targets of the year: percentage achieved against the share of the year elapsed."""
    year = context.period.year_so_far
    elapsed = Decimal(context.period.last.month * 100) / 12
    goals = Target.objects.filter(branch=context.branch, year=context.period.last.year)
    rows: list[list[CellValue | None]] = []
    for target in goals.order_by("indicator"):
        if target.indicator not in registry or not registry[target.indicator].comparable:
            continue
        now = context.figure(target.indicator)
        so_far = context.figure(target.indicator, period=year)
        indicator = registry[target.indicator]
        achieved = None if so_far.value is None else so_far.value * 100 / target.value
        rows.append(
            [
                indicator.label,
                now,
                so_far,
                formatting.format_for_document(target.value, indicator.unit),
                None if achieved is None else TextPiece(f"{achieved:.1f}%", (so_far,)),
                f"{elapsed:.1f}%",
                _rate_progress(achieved, elapsed),
            ]
        )
    if rows:
        headings = ("指标", "本期", "年初以来", "年度目标", "完成率", "时间进度", "评价")
        yield build_table("年度目标完成情况", headings, rows)


def _rate_progress(achieved: Decimal | None, elapsed: Decimal) -> str:
    if achieved is None:
        return formatting.NO_VALUE
    if achieved >= elapsed:
        return "正常"
    return "预警" if achieved >= elapsed - WARNING_MARGIN else "滞后"


@section("portal.reporting")
def reporting(context: ReportContext) -> Iterator[Block]:
    """Branches with missing or returned submissions, by name, and the reporting quality."""
    below = list(Branch.objects.filter(parent=context.branch).in_official_order())
    deadline = context.period.end.replace(day=20)
    due = [
        obligation
        for obligation in list_obligations(below, context.period, today=deadline)
        if obligation.status not in (ObligationStatus.EXEMPT, ObligationStatus.NOT_OPEN)
    ]
    missing: dict[str, list[str]] = {}
    for obligation in due:
        if not obligation.is_submitted:
            missing.setdefault(obligation.branch.short_name, []).append(obligation.sheet.title)
    if missing:
        names = "；".join(f"{name}（{len(sheets)}张）" for name, sheets in missing.items())
        yield from build_text_paragraph(f"截至数据截止时间，逾期未报或未审的单位有：{names}。")
    elif due:
        yield from build_text_paragraph("各单位应报报表均已按期报送。")
    quality = measure_quality(below, due, context.period)
    most_returned = sorted(quality, key=lambda item: -item.returned)
    returned = "、".join(
        f"{item.branch}{item.returned}次" for item in most_returned if item.returned
    )
    if returned:
        yield from build_text_paragraph(f"审核退回：{returned}，请进一步提高数据质量。")
    urged = "、".join(f"{item.branch}{item.urged}次" for item in quality if item.urged)
    if urged:
        yield from build_text_paragraph(f"经催报：{urged}。")
    yield from _quality_table(quality)


def _quality_table(quality: Sequence[ReportingQuality]) -> Iterator[Block]:
    """Yield the table of 及时率 and 一次通过率 by branch, in official order."""
    headings = ("单位", "应报", "已报", "逾期", "及时率", "一次通过率", "退回", "催报")
    rows = [
        (
            item.branch.short_name,
            item.due,
            item.submitted,
            item.late,
            _format_percent(item.on_time_share),
            _format_percent(item.first_pass_share),
            item.returned,
            item.urged,
        )
        for item in quality
        if item.due
    ]
    if rows:
        yield build_table("报送质量评价", headings, rows)


def _format_percent(share: Decimal | None) -> str:
    return formatting.NO_VALUE if share is None else f"{share}%"


@section("portal.next_steps")
def next_steps(context: ReportContext) -> Iterator[Block]:
    """What the branches are asked to do next."""
    year = context.period.year_so_far
    elapsed = Decimal(context.period.last.month * 100) / 12
    late = []
    for target in Target.objects.filter(branch=context.branch, year=context.period.last.year):
        if target.indicator in registry and registry[target.indicator].comparable:
            so_far = context.figure(target.indicator, period=year)
            if so_far.value is not None and so_far.value * 100 / target.value < elapsed:
                late.append(registry[target.indicator].label)
    if late:
        yield from build_text_paragraph(
            f"{'、'.join(late)}低于时间进度，请对照年度目标分析原因，加快推进。"
        )
    yield from build_text_paragraph(
        "请各单位按时报送、及时审核，逾期未报的尽快补报，确保数据真实、准确、完整。"
    )


@section("portal.civilised_city")
def civilised_city(context: ReportContext) -> Iterator[Block]:
    """The figures of each prefecture for the assessment of civilised cities (文明城市测评)."""
    keys = (
        "training.first_aiders_trained",
        "training.popularised_times",
        "training.certified_share",
        "donors.blood_times",
        "donors.stem_cell_stored",
        "donors.organ_wishes",
        "reform.volunteers_new",
    )
    columns = [context.lines(key, by=("branch",)) for key in keys]
    if not all(columns):
        return
    headings = ["单位", *(column_heading(key) for key in keys)]
    rows: list[list[CellValue | None]] = [
        [line.branch.short_name, *(format_figure_cell(column[at]) for column in columns)]
        for at, line in enumerate(columns[0])
        if not line.own
    ]
    yield build_table("“三献”与应急救护培训测评取数表", headings, rows)


register(
    ReportKind(
        key="portal.monthly_bulletin",
        name="重点工作月度通报",
        title="关于{period}{where}红十字会重点工作完成情况的通报",
        calendar=MONTHLY,
        levels=BOTH_LEVELS,
        chapters=(
            Chapter(
                "总体情况",
                (
                    Subchapter("募捐筹资", ("donations.raised", "donations.events")),
                    Subchapter("应急救护", ("training.done",)),
                    Subchapter(
                        "无偿献血、造血干细胞与遗体器官捐献",
                        ("donors.blood", "donors.stem_cells", "donors.organs"),
                    ),
                    Subchapter("人道救助", ("relief.medical",)),
                    Subchapter("组织建设", ("reform.network",)),
                ),
            ),
            Chapter("主要指标完成情况", ("portal.targets", "donations.by_branch")),
            Chapter("存在问题", ("portal.reporting", "reform.behind")),
            Chapter("下一步工作要求", ("portal.next_steps",)),
        ),
        annexes=("training.by_branch", "donors.by_branch", "reform.by_branch"),
    )
)
register(
    ReportKind(
        key="portal.annual_review",
        name="年度工作综述",
        title="{period}{where}红十字会工作综述",
        calendar=YEARLY,
        levels=BOTH_LEVELS,
        addressed=False,
        chapters=(
            Chapter(
                "深化改革，健全机制",
                (
                    Subchapter("健全组织领导", ("reform.governance",)),
                    Subchapter("落实年度重点任务", ("reform.tasks",)),
                    Subchapter("完善工作机制", ("reform.mechanisms", "reform.liaison")),
                ),
            ),
            Chapter(
                "动员人道资源",
                (
                    Subchapter("募集款物", ("donations.raised",)),
                    Subchapter("筹资活动与品牌", ("donations.campaigns", "donations.funds")),
                    Subchapter("宣传与培训", ("reform.activities",)),
                ),
            ),
            Chapter("夯实组织基础", ("reform.network",)),
            Chapter("应急救援", ("donations.events", "relief.events", "relief.readiness")),
            Chapter("应急救护", ("training.done", "training.audiences", "training.stations")),
            Chapter("人道救助", ("relief.projects", "relief.editions", "relief.medical")),
            Chapter(
                "无偿献血、造血干细胞与遗体器官捐献",
                (
                    Subchapter("无偿献血", ("donors.blood",)),
                    Subchapter("造血干细胞捐献", ("donors.stem_cells",)),
                    Subchapter("遗体和人体器官捐献", ("donors.organs",)),
                ),
            ),
            Chapter("典型经验", ("reform.examples",)),
            Chapter("短板和不足", ("reform.natures", "reform.open_problems")),
            Chapter("下一年工作打算", ("reform.next_tasks",)),
        ),
    )
)
register(
    ReportKind(
        key="donors.monthly",
        name="三献月报",
        title="{period}{where}“三献”工作月报",
        calendar=MONTHLY,
        chapters=(
            Chapter("总体情况", ("donors.blood", "donors.stem_cells", "donors.organs")),
            Chapter("各地情况", ("donors.by_branch",)),
        ),
    )
)
register(
    ReportKind(
        key="training.quarterly",
        name="应急救护季报",
        title="{period}{where}应急救护工作情况",
        calendar=QUARTERLY,
        chapters=(
            Chapter("总体情况", ("training.done", "training.audiences", "training.stations")),
            Chapter("各地情况", ("training.by_branch",)),
        ),
    )
)
register(
    ReportKind(
        key="donations.quarterly",
        name="募捐筹资季报",
        title="{period}{where}募捐筹资工作情况",
        calendar=QUARTERLY,
        chapters=(
            Chapter(
                "总体情况",
                ("donations.raised", "donations.campaigns", "donations.events", "donations.funds"),
            ),
            Chapter("各地情况", ("donations.by_branch",)),
        ),
    )
)
register(
    ReportKind(
        key="reform.review",
        name="改革进展点评通报",
        title="关于{period}{where}红十字会改革进展情况的点评通报",
        calendar=QUARTERLY,
        chapters=(
            Chapter("总体进展", ("reform.governance", "reform.network")),
            Chapter("各地进展", ("reform.measures", "reform.by_branch")),
            Chapter("典型经验", ("reform.examples",)),
            Chapter("存在问题", ("reform.natures", "reform.open_problems")),
            Chapter("下一步要求", ("portal.next_steps",)),
        ),
    )
)
register(
    ReportKind(
        key="portal.civilised_city",
        name="文明城市测评取数表",
        title="{period}{where}文明城市测评取数表",
        calendar=YEARLY,
        addressed=False,
        chapters=(Chapter("", ("portal.civilised_city",)),),
    )
)
