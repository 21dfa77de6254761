"""What relief adds to the navigation."""

from redcross.accounts.choices import Domain
from redcross.indicators.query.query_params import FIGURE_ROLES

NAVIGATION = [
    (Domain.RELIEF.label, "灾害事件", "events", FIGURE_ROLES),
    (Domain.RELIEF.label, "应急准备", "readiness", FIGURE_ROLES),
]
