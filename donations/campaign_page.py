"""What the page of a campaign shows: its figure, the money received, its rank, by branch."""

import functools
from decimal import Decimal
from typing import Any

from django.db.models import Max, Min
from django.utils.http import urlencode

from donations.choices import CampaignKind
from donations.models import Campaign, CampaignResult, Donation
from redcross.accounts.models import User
from redcross.branches.models import Branch
from redcross.indicators.declare.declaration import registry
from redcross.indicators.query.question import Question
from redcross.indicators.query.resolve import answer_questions
from redcross.periods import Period, month_start

_MAX_RESULTS = 200


def build_campaign_page(campaign: Campaign, branch: Branch, user: User) -> dict[str, Any]:
    """Return figures and results of a campaign over the months in which it was active.

    An appeal is measured by what was received for it, a fundraising day by the platform's
    own count (活动口径), which is never added to what was received.
    """
    is_appeal = campaign.kind == CampaignKind.APPEAL
    own_figure = registry[
        "donations.received_for_event" if is_appeal else "donations.campaign_raised"
    ]
    period = _active_period(campaign, user)
    of_campaign = functools.partial(
        Question, period=period, branch=branch, by=("campaign",), category=campaign.pk
    )
    figure, received, rank, by_branch, by_source = answer_questions(
        of_campaign(own_figure),
        of_campaign(registry["donations.raised"]),
        of_campaign(registry["donations.national_rank"]),
        of_campaign(own_figure, by=("branch", "campaign")),
        Question(registry["donations.received_for_event"], period, branch, by=("campaign+source",)),
    )
    results = CampaignResult.objects.visible_to(user).filter(campaign=campaign)
    params = {"branch": branch.code, "period": str(period)}
    return {
        "campaign": campaign,
        "is_appeal": is_appeal,
        "period": period,
        "figure": figure[0],
        "received": received[0],
        "share": _format_share(received[0].value, figure[0].value),
        "rank": rank[0],
        "by_branch": [line for line in by_branch if line.value is not None],
        "by_source": [
            (line.category.partition("/")[2], line)
            for line in by_source
            if is_appeal
            and line.category_key.startswith(f"{campaign.pk}/")
            and line.value is not None
        ],
        "figure_params": urlencode({**params, "by": "campaign", "category": campaign.pk}),
        "disclosure_params": urlencode({**params, "campaign": campaign.pk}),
        "results": results.select_related("branch").order_by("branch__code")[:_MAX_RESULTS],
    }


def _active_period(campaign: Campaign, user: User) -> Period:
    """Return the months from the first to the last gift, result or day of a campaign."""
    gifts = Donation.objects.visible_to(user).filter(campaign=campaign)
    results = CampaignResult.objects.visible_to(user).filter(campaign=campaign)
    received = gifts.aggregate(first=Min("received_on"), last=Max("received_on"))
    closed_on = results.aggregate(last=Max("closed_on"))["last"]
    first = min(filter(None, (received["first"], campaign.starts_on)))
    last = max(filter(None, (received["last"], closed_on, campaign.ends_on, campaign.starts_on)))
    return Period(month_start(first), month_start(last))


def _format_share(part: Decimal | None, whole: Decimal | None) -> str:
    return f"{part * 100 / whole:.1f}%" if part and whole else "—"
