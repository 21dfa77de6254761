"""The board of first aid."""

from redcross.dashboards.boards import Board, register

register(
    Board(
        key="training",
        title="应急救护",
        cards=(
            "training.first_aiders_trained",
            "training.popularised_times",
            "training.valid_certificates",
            "training.certified_share",
            "training.classes",
            "training.pass_rate",
            "training.stations",
            "training.aeds",
        ),
        main="training.first_aiders_trained",
        columns=("training.popularised_times", "training.classes", "training.stations"),
        breakdowns=(
            ("training.first_aiders_trained", "audience"),
            ("training.popularised_times", "audience"),
            ("training.stations", "site_kind"),
        ),
    )
)
