"""What reports tell of gifts and fundraising."""

from collections.abc import Iterator

from donations.models import Campaign
from redcross.periods import Period
from redcross.reports.declare.declaration import section
from redcross.reports.narrative.blocks import Block, Paragraph, TextPiece, build_paragraph
from redcross.reports.narrative.branch_tables import build_branch_table
from redcross.reports.narrative.report_context import ReportContext
from redcross.reports.narrative.sentences import (
    fill_clause,
    format_change,
    format_difference,
    join_clauses,
)


@section("donations.raised")
def describe_gifts(story: ReportContext) -> Iterator[Block]:
    """How much was raised, in which form, against the year before."""
    now = story.figure("donations.raised")
    before = story.figure("donations.raised", period=story.period.same_last_year)
    money = story.figure("donations.raised", by=("form",), category="资金")
    goods = story.figure("donations.raised", by=("form",), category="物资")
    yield from build_paragraph(
        join_clauses(
            fill_clause(
                "{period}，{where}红十字会系统募集捐赠款物{now}",
                period=story.period.label,
                where=story.area,
                now=now,
            ),
            fill_clause("{change}", change=format_change(now, before)),
            fill_clause("其中资金{money}", money=money),
            fill_clause("物资折价{goods}", goods=goods),
        )
    )
    if story.period.kind == "year":
        yield from _compare_two_years_with_five(story)


def _compare_two_years_with_five(story: ReportContext) -> Iterator[Paragraph]:
    """Compare ranges of unequal length by their difference, never in percent."""
    year = story.period.last.year
    two = Period(Period.year(year - 1).first, Period.year(year).last)
    five = Period(Period.year(year - 6).first, Period.year(year - 2).last)
    recent = story.figure("donations.raised", period=two)
    earlier = story.figure("donations.raised", period=five)
    more = (recent.value or 0) >= (earlier.value or 0)
    yield from build_paragraph(
        join_clauses(
            fill_clause(
                "{two}两年合计{recent}，{five}五年合计{earlier}，前者{verb}{difference}",
                two=two.label.removesuffix("年"),
                recent=recent,
                five=five.label.removesuffix("年"),
                earlier=earlier,
                verb="超出" if more else "少",
                difference=format_difference(recent, earlier),
            )
        )
    )


@section("donations.campaigns")
def describe_campaigns(story: ReportContext) -> Iterator[Block]:
    """What fundraising days brought, by the platform's count, and their rank."""
    for line in story.lines("donations.campaign_raised", by=("campaign",)):
        rank = story.figure("donations.national_rank", by=("campaign",), category=line.category_key)
        yield from build_paragraph(
            join_clauses(
                fill_clause(
                    "“{name}”线上线下共筹款{raised}（活动口径）",
                    name=line.category,
                    raised=line,
                ),
                fill_clause("居全国红十字会系统{rank}", rank=rank),
            )
        )


@section("donations.events")
def describe_disaster_gifts(story: ReportContext) -> Iterator[Block]:
    """What came for disasters: from all sources inside the province, from society outside it."""
    abroad = {str(campaign) for campaign in Campaign.objects.filter(outside_province=True)}
    for line in story.lines("donations.received_for_event", by=("campaign",)):
        if line.category in abroad:
            own = story.figure(
                "donations.received_for_event",
                own=True,
                by=("campaign+form",),
                category=f"{line.category}/资金",
            )
            clause = fill_clause(
                "{name}发生后，{society}接受社会捐赠资金{own}支援灾区",
                name=line.category,
                society=TextPiece(story.branch.society),
                own=own,
            )
        else:
            clause = fill_clause(
                "在{name}中，{where}红十字会系统共接受救灾款物{line}",
                name=line.category,
                where=story.area,
                line=line,
            )
        yield from build_paragraph(join_clauses(clause))


@section("donations.funds")
def describe_funds(story: ReportContext) -> Iterator[Block]:
    """What the brands of fundraising brought."""
    lines = [
        line
        for line in story.lines("donations.raised", by=("fund",))
        if line.value and line.category_key
    ]
    clauses = [fill_clause("“{name}”{line}", name=line.category, line=line) for line in lines]
    if clauses:
        lead = fill_clause("筹资品牌项目中，{first}", first=TextPiece(""))
        yield from build_paragraph((*lead, *join_clauses(*clauses, by="、")))


@section("donations.by_branch")
def table_by_branch(story: ReportContext) -> Iterator[Block]:
    """The table of branches."""
    yield from build_branch_table(
        story, "募集捐赠款物情况", ("donations.raised", "donations.received_for_event")
    )
