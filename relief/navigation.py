"""What relief adds to the navigation."""

from redcross.accounts.choices import Domain
from redcross.indicators.query.query_params import SEEING_FIGURES

NAVIGATION = [
    (Domain.RELIEF.label, "灾害事件", "events", SEEING_FIGURES),
    (Domain.RELIEF.label, "应急准备", "readiness", SEEING_FIGURES),
]
