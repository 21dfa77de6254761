"""What reform adds to the navigation."""

from redcross.accounts.choices import Domain
from redcross.indicators.query.query_params import FIGURE_ROLES

NAVIGATION = [
    (Domain.REFORM.label, "改革矩阵", "reform-matrix", FIGURE_ROLES),
    (Domain.REFORM.label, "重点任务", "reform-tasks", FIGURE_ROLES),
    (Domain.REFORM.label, "州市情况", "reform-briefings", FIGURE_ROLES),
]
