"""What reports tell of the three donations; organs and bodies are never compared."""

from collections.abc import Iterator

from redcross.indicators.query.resolve import HIGHEST
from redcross.reports.declaration import passage
from redcross.reports.story import Block, Story, change, clause, paragraph, sentence
from redcross.reports.tables import by_branch


@passage("donors.blood")
def blood(story: Story) -> Iterator[Block]:
    """Blood given, as the blood services count it."""
    times = story.figure("donors.blood_times")
    before = story.figure("donors.blood_times", period=story.period.same_last_year)
    yield from paragraph(
        sentence(
            clause(
                "{period}，{where}无偿献血{times}",
                period=story.period.label,
                where=story.where,
                times=times,
            ),
            clause("{change}", change=change(times, before)),
            clause("献血量{volume}", volume=story.figure("donors.blood_volume")),
        )
    )


@passage("donors.stem_cells")
def stem_cells(story: Story) -> Iterator[Block]:
    """Volunteers stored, donations made; 历史新高 where the year stands above all others."""
    given = story.figure("donors.stem_cell_donations")
    highest = clause("创历史新高{nothing}", nothing="") if given.qualifier == HIGHEST else ()
    yield from paragraph(
        sentence(
            clause(
                "造血干细胞志愿者新增入库{stored}", stored=story.figure("donors.stem_cell_stored")
            ),
            clause("期末造血干细胞库容{stock}", stock=story.figure("donors.stem_cell_stock")),
            clause("实现造血干细胞捐献{given}", given=given),
            highest,
            clause(
                "累计捐献造血干细胞{total}", total=story.figure("donors.stem_cell_donations_total")
            ),
        )
    )


@passage("donors.organs")
def organs(story: Story) -> Iterator[Block]:
    """Donations made and the people they helped, of the period and in all."""
    yield from paragraph(
        sentence(
            clause("完成人体器官捐献{now}", now=story.figure("donors.organ_donations")),
            clause("{people}接受器官或组织移植", people=story.figure("donors.organ_recipients")),
            clause(
                "累计实现人体器官捐献{total}，{helped}受益",
                total=story.figure("donors.organ_donations_total"),
                helped=story.figure("donors.organ_recipients_total"),
            ),
        ),
        sentence(
            clause("新增捐献志愿登记{wishes}", wishes=story.figure("donors.organ_wishes")),
            clause(
                "期末有效捐献志愿登记{standing}",
                standing=story.figure("donors.organ_wishes_standing"),
            ),
        ),
    )


@passage("donors.by_branch")
def table_by_branch(story: Story) -> Iterator[Block]:
    """The table of branches; without a place, since nobody competes in giving."""
    yield from by_branch(
        story,
        "无偿献血与造血干细胞入库情况",
        ("donors.blood_times", "donors.stem_cell_registered", "donors.stem_cell_stored"),
    )
