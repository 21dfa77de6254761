"""The board that crosses domains, by indicator key."""

from redcross.dashboards.boards import Board, register

register(
    Board(
        key="overview",
        title="领导驾驶舱",
        cards=(
            "donations.raised",
            "donations.gifts",
            "donations.received_for_event",
            "donations.campaign_raised",
        ),
        main="donations.raised",
        columns=("donations.gifts", "donations.received_for_event"),
        breakdowns=(
            ("donations.raised", "form"),
            ("donations.received_for_event", "campaign"),
            ("donations.campaign_raised", "campaign"),
            ("donations.national_rank", "campaign"),
        ),
    )
)
