"""What reports tell of aid and of answers to disasters."""

from collections.abc import Iterator

from redcross.indicators.query.question import Figure
from redcross.periods import Period
from redcross.reports.declare.declaration import section
from redcross.reports.narrative.blocks import Block, TextPiece, build_paragraph
from redcross.reports.narrative.branch_tables import build_branch_table
from redcross.reports.narrative.report_context import ReportContext
from redcross.reports.narrative.sentences import fill_clause, format_value, join_clauses
from relief.models import Edition, Event


@section("relief.events")
def describe_events(story: ReportContext) -> Iterator[Block]:
    """Whom the society sent; of what began before the period, all since it began."""
    for event in Event.objects.filter(happened_on__lt=story.period.end).order_by("happened_on"):
        begun_before = event.happened_on < story.period.start
        if begun_before and event.ended_on and event.ended_on < story.period.start:
            continue
        yield from _describe_event(story, event, begun_before=begun_before)


def _describe_event(story: ReportContext, event: Event, *, begun_before: bool) -> Iterator[Block]:
    period = Period(None, story.period.last) if begun_before else story.period
    of_event = {"period": period, "by": ("event",), "category": str(event.pk)}
    teams = story.figure("relief.teams_dispatched", **of_event)  # type: ignore[arg-type]
    times = story.figure("relief.dispatched_times", **of_event)  # type: ignore[arg-type]
    responders = story.figure("relief.responder_times", **of_event)  # type: ignore[arg-type]
    volunteers = story.figure("relief.volunteers_engaged", **of_event)  # type: ignore[arg-type]
    lead = f"{event}发生以来，{story.area}累计" if begun_before else f"在{event}中，{story.area}"
    clauses = [
        fill_clause(
            "派出援助工作队{teams}{times}",
            teams=_without_qualifier(teams),
            times=_without_qualifier(times),
        ),
        fill_clause("投入应急救援力量{responders}", responders=_without_qualifier(responders)),
        fill_clause("组织红十字志愿者{volunteers}参与", volunteers=_without_qualifier(volunteers)),
    ]
    if any(clauses):
        yield from build_paragraph((TextPiece(lead), *join_clauses(*clauses)))


def _without_qualifier(figure: Figure) -> TextPiece | None:
    """Tell a figure whose qualifier the sentence already says."""
    return format_value(figure.value, figure) if figure.value else None


@section("relief.projects")
def describe_projects(story: ReportContext) -> Iterator[Block]:
    """Projects by brand, with the money secured for them."""
    for line in story.lines("relief.projects_implemented", by=("programme",)):
        secured = story.figure(
            "relief.special_funds_secured", by=("programme",), category=line.category_key
        )
        sentence = join_clauses(
            fill_clause("争取专项资金{secured}", secured=secured),
            fill_clause("实施“{name}”项目{line}", name=line.category, line=line),
        )
        if line.value:
            yield from build_paragraph(sentence)


@section("relief.editions")
def describe_editions(story: ReportContext) -> Iterator[Block]:
    """What each season of a yearly programme mobilised, and whom it reached."""
    editions = Edition.objects.filter(starts_on__lt=story.period.end).order_by("starts_on")
    for edition in editions.exclude(ends_on__lt=story.period.start):
        of_edition = {"by": ("edition",), "category": str(edition.pk)}
        resources = story.figure("relief.programme_resources", **of_edition)  # type: ignore[arg-type]
        times = story.figure("relief.beneficiary_times", **of_edition)  # type: ignore[arg-type]
        sentence = join_clauses(
            fill_clause(
                "{where}红十字会系统共筹集款物{resources}", where=story.area, resources=resources
            ),
            fill_clause("为{times}的困难群众送去关爱", times=times),
        )
        if sentence:
            yield from build_paragraph((TextPiece(f"{edition}活动中，"), *sentence))


@section("relief.medical")
def describe_medical_aid(story: ReportContext) -> Iterator[Block]:
    """Medical aid to children and the gravely ill, by brand."""
    lines = [
        line
        for line in story.lines("relief.medical_aid_times", by=("programme",))
        if line.value and line.category_key
    ]
    names = "".join(f"“{line.category}”" for line in lines)
    yield from build_paragraph(
        join_clauses(
            fill_clause(
                "持续实施{names}等人道救助品牌项目，对{times}家庭困难的患儿和大病患者给予医疗救助",
                names=names,
                times=story.figure("relief.medical_aid_times"),
            )
            if names
            else (),
            fill_clause("发放救助金{value}", value=story.figure("relief.aid_value")),
        )
    )


@section("relief.readiness")
def describe_readiness(story: ReportContext) -> Iterator[Block]:
    """What stands ready: teams, people, goods in store."""
    yield from build_paragraph(
        join_clauses(
            fill_clause("期末共有红十字救援队{teams}", teams=story.figure("relief.teams")),
            fill_clause("队员{people}", people=story.figure("relief.team_people")),
            fill_clause("库存物资价值{stock}", stock=story.figure("relief.stock_value")),
            fill_clause("人均救助金额{head}", head=story.figure("relief.aid_per_head")),
        )
    )


@section("relief.by_branch")
def table_by_branch(story: ReportContext) -> Iterator[Block]:
    """The table of branches."""
    yield from build_branch_table(
        story,
        "人道救助情况",
        ("relief.beneficiary_times", "relief.aided_times", "relief.aid_value"),
    )
