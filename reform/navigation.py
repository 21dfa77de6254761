"""What reform adds to the navigation."""

from redcross.accounts.choices import Domain
from redcross.indicators.query.query_params import SEEING_FIGURES

NAVIGATION = [
    (Domain.REFORM.label, "改革矩阵", "reform-matrix", SEEING_FIGURES),
    (Domain.REFORM.label, "重点任务", "reform-tasks", SEEING_FIGURES),
    (Domain.REFORM.label, "州市情况", "reform-briefings", SEEING_FIGURES),
]
