"""The board of the three donations: no ranking, no targets for organs and bodies."""

from redcross.dashboards.boards import Board, register

register(
    Board(
        key="donors",
        title="三献",
        cards=(
            "donors.blood_times",
            "donors.blood_volume",
            "donors.stem_cell_stored",
            "donors.stem_cell_donations",
            "donors.organ_wishes",
            "donors.organ_donations",
            "donors.organ_donations_total",
            "donors.organ_recipients",
            "donors.organ_recipients_total",
        ),
        main="donors.stem_cell_stored",
        columns=("donors.stem_cell_registered", "donors.blood_times", "donors.blood_volume"),
        breakdowns=(
            ("donors.stem_cell_steps", "step"),
            ("donors.stem_cell_exits", "exit_reason"),
        ),
    )
)
