"""What reports tell of first aid."""

from collections.abc import Iterator

from redcross.reports.declare.declaration import section
from redcross.reports.narrative.blocks import Block, build_paragraph
from redcross.reports.narrative.branch_tables import build_branch_table
from redcross.reports.narrative.report_context import ReportContext
from redcross.reports.narrative.sentences import fill_clause, format_change, join_clauses


@section("training.done")
def describe_training(story: ReportContext) -> Iterator[Block]:
    """Whom the branches trained, and how many hold a certificate."""
    year_before = story.period.same_last_year
    trained = story.figure("training.first_aiders_trained")
    before = story.figure("training.first_aiders_trained", period=year_before)
    popularised = story.figure("training.popularised_times")
    yield from build_paragraph(
        join_clauses(
            fill_clause(
                "{period}，{where}各级红十字会培训初级救护员{trained}",
                period=story.period.label,
                where=story.area,
                trained=trained,
            ),
            fill_clause("{change}", change=format_change(trained, before)),
            fill_clause("普及应急救护知识{times}", times=popularised),
        ),
        join_clauses(
            fill_clause("举办救护员培训班{classes}", classes=story.figure("training.classes")),
            fill_clause("考核合格率{rate}", rate=story.figure("training.pass_rate")),
            fill_clause(
                "期末有效救护员证{valid}", valid=story.figure("training.valid_certificates")
            ),
            fill_clause("持证率{share}", share=story.figure("training.certified_share")),
        ),
    )


@section("training.audiences")
def describe_audiences(story: ReportContext) -> Iterator[Block]:
    """Into which places training went: offices, schools, companies, communities, villages."""
    lines = [
        line
        for line in story.lines("training.first_aiders_trained", by=("audience",))
        if line.value and line.category_key
    ]
    clauses = [fill_clause("{name}{line}", name=line.category, line=line) for line in lines]
    if clauses:
        lead = fill_clause("按培训对象分：{nothing}", nothing="")
        yield from build_paragraph((*lead, *join_clauses(*clauses, by="、")))


@section("training.stations")
def describe_stations(story: ReportContext) -> Iterator[Block]:
    """Stations and devices."""
    yield from build_paragraph(
        join_clauses(
            fill_clause("期末共有博爱急救站{stations}", stations=story.figure("training.stations")),
            fill_clause("自动体外除颤器（AED）{aeds}", aeds=story.figure("training.aeds")),
        )
    )


@section("training.by_branch")
def table_by_branch(story: ReportContext) -> Iterator[Block]:
    """The table of branches."""
    yield from build_branch_table(
        story,
        "应急救护培训情况",
        ("training.first_aiders_trained", "training.popularised_times", "training.classes"),
    )
