"""What gifts and fundraising add to the navigation."""

from redcross.accounts.choices import Domain
from redcross.accounts.rules import READ_ROLES
from redcross.indicators.query.query_params import FIGURE_ROLES

NAVIGATION = [
    (Domain.DONATIONS.label, "基金与品牌", "funds", FIGURE_ROLES),
    (Domain.DONATIONS.label, "募捐活动", "campaigns", FIGURE_ROLES),
    (Domain.DONATIONS.label, "捐赠单位", "givers", READ_ROLES),
]
