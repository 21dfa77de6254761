"""What reports tell of gifts and fundraising."""

from collections.abc import Iterator

from donations.models import Campaign
from redcross.periods import Period
from redcross.reports.declaration import passage
from redcross.reports.story import (
    Block,
    Paragraph,
    Story,
    Told,
    change,
    clause,
    difference,
    paragraph,
    sentence,
)
from redcross.reports.tables import by_branch


@passage("donations.raised")
def raised(story: Story) -> Iterator[Block]:
    """How much was raised, in which form, against the year before."""
    now = story.figure("donations.raised")
    before = story.figure("donations.raised", period=story.period.same_last_year)
    money = story.figure("donations.raised", by=("form",), category="资金")
    goods = story.figure("donations.raised", by=("form",), category="物资")
    yield from paragraph(
        sentence(
            clause(
                "{period}，{where}红十字会系统募集捐赠款物{now}",
                period=story.period.label,
                where=story.where,
                now=now,
            ),
            clause("{change}", change=change(now, before)),
            clause("其中资金{money}", money=money),
            clause("物资折价{goods}", goods=goods),
        )
    )
    if story.period.kind == "year":
        yield from _two_years_against_five(story)


def _two_years_against_five(story: Story) -> Iterator[Paragraph]:
    """Compare ranges of unequal length by their difference, never in percent."""
    year = story.period.last.year
    two = Period(Period.year(year - 1).first, Period.year(year).last)
    five = Period(Period.year(year - 6).first, Period.year(year - 2).last)
    recent = story.figure("donations.raised", period=two)
    earlier = story.figure("donations.raised", period=five)
    more = (recent.value or 0) >= (earlier.value or 0)
    yield from paragraph(
        sentence(
            clause(
                "{two}两年合计{recent}，{five}五年合计{earlier}，前者{verb}{difference}",
                two=two.label.removesuffix("年"),
                recent=recent,
                five=five.label.removesuffix("年"),
                earlier=earlier,
                verb="超出" if more else "少",
                difference=difference(recent, earlier),
            )
        )
    )


@passage("donations.campaigns")
def campaigns(story: Story) -> Iterator[Block]:
    """What fundraising days brought, by the platform's count, and their rank."""
    for line in story.lines("donations.campaign_raised", by=("campaign",)):
        rank = story.figure("donations.national_rank", by=("campaign",), category=line.category_key)
        yield from paragraph(
            sentence(
                clause(
                    "“{name}”线上线下共筹款{raised}（活动口径）",
                    name=line.category,
                    raised=line,
                ),
                clause("居全国红十字会系统{rank}", rank=rank),
            )
        )


@passage("donations.events")
def events(story: Story) -> Iterator[Block]:
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
            told = clause(
                "{name}发生后，{society}接受社会捐赠资金{own}支援灾区",
                name=line.category,
                society=Told(story.branch.society),
                own=own,
            )
        else:
            told = clause(
                "在{name}中，{where}红十字会系统共接受救灾款物{line}",
                name=line.category,
                where=story.where,
                line=line,
            )
        yield from paragraph(sentence(told))


@passage("donations.funds")
def funds(story: Story) -> Iterator[Block]:
    """What the brands of fundraising brought."""
    lines = [
        line
        for line in story.lines("donations.raised", by=("fund",))
        if line.value and line.category_key
    ]
    told = [clause("“{name}”{line}", name=line.category, line=line) for line in lines]
    if told:
        lead = clause("筹资品牌项目中，{first}", first=Told(""))
        yield from paragraph((*lead, *sentence(*told, by="、")))


@passage("donations.by_branch")
def table_by_branch(story: Story) -> Iterator[Block]:
    """The table of branches."""
    yield from by_branch(
        story, "募集捐赠款物情况", ("donations.raised", "donations.received_for_event")
    )
