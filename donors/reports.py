"""What reports tell of the three donations; organs and bodies are never compared."""

from collections.abc import Iterator

from redcross.indicators.query.resolve import RECORD_HIGH
from redcross.reports.declare.declaration import section
from redcross.reports.narrative.blocks import Block, build_paragraph
from redcross.reports.narrative.branch_tables import build_branch_table
from redcross.reports.narrative.report_context import ReportContext
from redcross.reports.narrative.sentences import fill_clause, format_change, join_clauses


@section("donors.blood")
def describe_blood(story: ReportContext) -> Iterator[Block]:
    """Blood given, as the blood services count it."""
    times = story.figure("donors.blood_times")
    before = story.figure("donors.blood_times", period=story.period.same_last_year)
    yield from build_paragraph(
        join_clauses(
            fill_clause(
                "{period}，{where}无偿献血{times}",
                period=story.period.label,
                where=story.area,
                times=times,
            ),
            fill_clause("{change}", change=format_change(times, before)),
            fill_clause("献血量{volume}", volume=story.figure("donors.blood_volume")),
        )
    )


@section("donors.stem_cells")
def describe_stem_cells(story: ReportContext) -> Iterator[Block]:
    """Volunteers stored, donations made; 历史新高 where the year stands above all others."""
    donations = story.figure("donors.stem_cell_donations")
    highest = (
        fill_clause("创历史新高{nothing}", nothing="") if donations.qualifier == RECORD_HIGH else ()
    )
    yield from build_paragraph(
        join_clauses(
            fill_clause(
                "造血干细胞志愿者新增入库{stored}", stored=story.figure("donors.stem_cell_stored")
            ),
            fill_clause("期末造血干细胞库容{stock}", stock=story.figure("donors.stem_cell_stock")),
            fill_clause("实现造血干细胞捐献{given}", given=donations),
            highest,
            fill_clause(
                "累计捐献造血干细胞{total}", total=story.figure("donors.stem_cell_donations_total")
            ),
        )
    )


@section("donors.organs")
def describe_organs(story: ReportContext) -> Iterator[Block]:
    """Donations made and the people they helped, of the period and in all."""
    yield from build_paragraph(
        join_clauses(
            fill_clause("完成人体器官捐献{now}", now=story.figure("donors.organ_donations")),
            fill_clause(
                "{people}接受器官或组织移植", people=story.figure("donors.organ_recipients")
            ),
            fill_clause(
                "累计实现人体器官捐献{total}，{helped}受益",
                total=story.figure("donors.organ_donations_total"),
                helped=story.figure("donors.organ_recipients_total"),
            ),
        ),
        join_clauses(
            fill_clause("新增捐献志愿登记{wishes}", wishes=story.figure("donors.organ_wishes")),
            fill_clause(
                "期末有效捐献志愿登记{standing}",
                standing=story.figure("donors.organ_wishes_standing"),
            ),
        ),
    )


@section("donors.by_branch")
def table_by_branch(story: ReportContext) -> Iterator[Block]:
    """The table of branches; without a place, since nobody competes in giving."""
    yield from build_branch_table(
        story,
        "无偿献血与造血干细胞入库情况",
        ("donors.blood_times", "donors.stem_cell_registered", "donors.stem_cell_stored"),
    )
