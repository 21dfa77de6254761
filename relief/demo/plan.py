"""What the demonstration's figures of relief are to be."""

from collections.abc import Sequence

RESOURCES, BENEFICIARY_TIMES = 20_000_000, 480_900

RESPONDERS, TEAMS, TEAM_TIMES, VOLUNTEERS = 184, 60, 1161, 7877

HOMES, HOME_FUNDS, MEDICAL_TIMES = 10, 5_260_000, 15_400

EDITION, EARTHQUAKE, EPIDEMIC = "2021年博爱送万家", "“5·21”漾濞地震", "新冠肺炎疫情"

HOUSEHOLDS = 240

SOCIETY = "云南省红十字会"

Rows = list[Sequence[object]]


def split_whole(total: int, weights: Sequence[int]) -> list[int]:
    whole = sum(weights)
    parts = [total * weight // whole for weight in weights]
    parts[0] += total - sum(parts)
    return parts
