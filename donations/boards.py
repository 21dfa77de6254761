"""The board of gifts and fundraising."""

from redcross.dashboards.boards import Board, register

register(
    Board(
        key="donations",
        title="募捐筹资",
        cards=(
            "donations.raised",
            "donations.gifts",
            "donations.received_for_event",
            "donations.campaign_raised",
            "donations.branches_raised",
            "donations.branches_raised_share",
            "donations.allocated",
            "donations.unpriced_goods",
            "donations.equipment",
        ),
        main="donations.raised",
        columns=(
            "donations.gifts",
            "donations.received_for_event",
            "donations.allocated",
            "donations.branches_raised",
        ),
        breakdowns=(
            ("donations.raised", "form"),
            ("donations.raised", "fund"),
            ("donations.received_for_event", "campaign"),
            ("donations.campaign_raised", "campaign"),
            ("donations.national_rank", "campaign"),
        ),
    )
)
