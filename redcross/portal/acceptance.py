"""The published figures the demonstration must reproduce exactly."""

import dataclasses
from decimal import Decimal


@dataclasses.dataclass(frozen=True, slots=True)
class Expectation:
    """One figure of the province, as published."""

    indicator: str
    period: str
    value: Decimal
    breakdown: str = ""
    category: str = ""
    own: bool = False
    level: str = ""


EXPECTED = (
    Expectation("donations.raised", "2021", Decimal(738_000_000)),
    Expectation("donations.raised", "2020..2021", Decimal(1_969_000_000)),
    Expectation("donations.raised", "2015..2019", Decimal(1_411_000_000)),
    Expectation(
        "donations.campaign_raised", "2021", Decimal(22_792_200), "campaign", "2021年99公益日"
    ),
    Expectation("donations.national_rank", "2021", Decimal(2), "campaign", "2021年99公益日"),
    Expectation(
        "donations.received_for_event", "2021", Decimal(32_961_100), "campaign", "“5·21”漾濞地震"
    ),
    Expectation(
        "donations.received_for_event",
        "2021",
        Decimal(15_223_600),
        "campaign+form",
        "河南郑州洪涝灾害/资金",
        own=True,
    ),
)
