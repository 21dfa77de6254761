"""What reports tell of aid and of answers to disasters."""

from collections.abc import Iterator

from redcross.indicators.query.resolve import Figure
from redcross.periods import Period
from redcross.reports.declaration import passage
from redcross.reports.story import Block, Story, Told, clause, exactly, paragraph, sentence
from redcross.reports.tables import by_branch
from relief.models import Edition, Event


@passage("relief.events")
def events(story: Story) -> Iterator[Block]:
    """Whom the society sent; of what began before the period, all since it began."""
    for event in Event.objects.filter(happened_on__lt=story.period.end).order_by("happened_on"):
        begun_before = event.happened_on < story.period.start
        if begun_before and event.ended_on and event.ended_on < story.period.start:
            continue
        yield from _one_event(story, event, begun_before=begun_before)


def _one_event(story: Story, event: Event, *, begun_before: bool) -> Iterator[Block]:
    period = Period(None, story.period.last) if begun_before else story.period
    asked = {"period": period, "by": ("event",), "category": str(event.pk)}
    teams = story.figure("relief.teams_dispatched", **asked)  # type: ignore[arg-type]
    times = story.figure("relief.dispatched_times", **asked)  # type: ignore[arg-type]
    responders = story.figure("relief.responder_times", **asked)  # type: ignore[arg-type]
    volunteers = story.figure("relief.volunteers_engaged", **asked)  # type: ignore[arg-type]
    lead = f"{event}发生以来，{story.where}累计" if begun_before else f"在{event}中，{story.where}"
    told = [
        clause(
            "派出援助工作队{teams}{times}", teams=_without_word(teams), times=_without_word(times)
        ),
        clause("投入应急救援力量{responders}", responders=_without_word(responders)),
        clause("组织红十字志愿者{volunteers}参与", volunteers=_without_word(volunteers)),
    ]
    if any(told):
        yield from paragraph((Told(lead), *sentence(*told)))


def _without_word(figure: Figure) -> Told | None:
    """Tell a figure whose qualifier the sentence already says."""
    return exactly(figure.value, figure) if figure.value else None


@passage("relief.projects")
def projects(story: Story) -> Iterator[Block]:
    """Projects by brand, with the money secured for them."""
    for line in story.lines("relief.projects_implemented", by=("programme",)):
        secured = story.figure(
            "relief.special_funds_secured", by=("programme",), category=line.category_key
        )
        told = sentence(
            clause("争取专项资金{secured}", secured=secured),
            clause("实施“{name}”项目{line}", name=line.category, line=line),
        )
        if line.value:
            yield from paragraph(told)


@passage("relief.editions")
def editions(story: Story) -> Iterator[Block]:
    """What each season of a yearly programme mobilised, and whom it reached."""
    known = Edition.objects.filter(starts_on__lt=story.period.end).order_by("starts_on")
    for edition in known.exclude(ends_on__lt=story.period.start):
        asked = {"by": ("edition",), "category": str(edition.pk)}
        resources = story.figure("relief.programme_resources", **asked)  # type: ignore[arg-type]
        times = story.figure("relief.beneficiary_times", **asked)  # type: ignore[arg-type]
        told = sentence(
            clause(
                "{where}红十字会系统共筹集款物{resources}", where=story.where, resources=resources
            ),
            clause("为{times}的困难群众送去关爱", times=times),
        )
        if told:
            yield from paragraph((Told(f"{edition}活动中，"), *told))


@passage("relief.medical")
def medical(story: Story) -> Iterator[Block]:
    """Medical aid to children and the gravely ill, by brand."""
    lines = [
        line
        for line in story.lines("relief.medical_aid_times", by=("programme",))
        if line.value and line.category_key
    ]
    names = "".join(f"“{line.category}”" for line in lines)
    yield from paragraph(
        sentence(
            clause(
                "持续实施{names}等人道救助品牌项目，对{times}家庭困难的患儿和大病患者给予医疗救助",
                names=names,
                times=story.figure("relief.medical_aid_times"),
            )
            if names
            else (),
            clause("发放救助金{value}", value=story.figure("relief.aid_value")),
        )
    )


@passage("relief.readiness")
def readiness(story: Story) -> Iterator[Block]:
    """What stands ready: teams, people, goods in store."""
    yield from paragraph(
        sentence(
            clause("期末共有红十字救援队{teams}", teams=story.figure("relief.teams")),
            clause("队员{people}", people=story.figure("relief.team_people")),
            clause("库存物资价值{stock}", stock=story.figure("relief.stock_value")),
            clause("人均救助金额{head}", head=story.figure("relief.aid_per_head")),
        )
    )


@passage("relief.by_branch")
def table_by_branch(story: Story) -> Iterator[Block]:
    """The table of branches."""
    yield from by_branch(
        story,
        "人道救助情况",
        ("relief.beneficiary_times", "relief.aided_times", "relief.aid_value"),
    )
