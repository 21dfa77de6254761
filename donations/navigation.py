"""What gifts and fundraising add to the navigation."""

from redcross.accounts.choices import Domain
from redcross.accounts.rules import READING
from redcross.indicators.query.query_params import SEEING_FIGURES

NAVIGATION = [
    (Domain.DONATIONS.label, "基金与品牌", "funds", SEEING_FIGURES),
    (Domain.DONATIONS.label, "募捐活动", "campaigns", SEEING_FIGURES),
    (Domain.DONATIONS.label, "捐赠单位", "givers", READING),
]
