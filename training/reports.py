"""What reports tell of first aid."""

from collections.abc import Iterator

from redcross.reports.declaration import passage
from redcross.reports.story import Block, Story, change, clause, paragraph, sentence
from redcross.reports.tables import by_branch


@passage("training.done")
def done(story: Story) -> Iterator[Block]:
    """Whom the branches trained, and how many hold a certificate."""
    year_before = story.period.same_last_year
    trained = story.figure("training.first_aiders_trained")
    before = story.figure("training.first_aiders_trained", period=year_before)
    popularised = story.figure("training.popularised_times")
    yield from paragraph(
        sentence(
            clause(
                "{period}，{where}各级红十字会培训初级救护员{trained}",
                period=story.period.label,
                where=story.where,
                trained=trained,
            ),
            clause("{change}", change=change(trained, before)),
            clause("普及应急救护知识{times}", times=popularised),
        ),
        sentence(
            clause("举办救护员培训班{classes}", classes=story.figure("training.classes")),
            clause("考核合格率{rate}", rate=story.figure("training.pass_rate")),
            clause("期末有效救护员证{valid}", valid=story.figure("training.valid_certificates")),
            clause("持证率{share}", share=story.figure("training.certified_share")),
        ),
    )


@passage("training.audiences")
def audiences(story: Story) -> Iterator[Block]:
    """Into which places training went: offices, schools, companies, communities, villages."""
    lines = [
        line
        for line in story.lines("training.first_aiders_trained", by=("audience",))
        if line.value and line.category_key
    ]
    told = [clause("{name}{line}", name=line.category, line=line) for line in lines]
    if told:
        lead = clause("按培训对象分：{nothing}", nothing="")
        yield from paragraph((*lead, *sentence(*told, by="、")))


@passage("training.stations")
def stations(story: Story) -> Iterator[Block]:
    """Stations and devices."""
    yield from paragraph(
        sentence(
            clause("期末共有博爱急救站{stations}", stations=story.figure("training.stations")),
            clause("自动体外除颤器（AED）{aeds}", aeds=story.figure("training.aeds")),
        )
    )


@passage("training.by_branch")
def table_by_branch(story: Story) -> Iterator[Block]:
    """The table of branches."""
    yield from by_branch(
        story,
        "应急救护培训情况",
        ("training.first_aiders_trained", "training.popularised_times", "training.classes"),
    )
