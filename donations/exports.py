"""The list of gifts for the public, as long as it may be."""

from collections.abc import Mapping

from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.shortcuts import get_object_or_404

from donations.disclosure import public_list
from donations.models import Campaign, Donation, DonationQuerySet, Fund
from redcross.accounts.models import User
from redcross.accounts.rules import READING, holds
from redcross.branches.models import Branch
from redcross.exports.declaration import Made, exported
from redcross.periods import Period

DISCLOSURE = "donations.disclosure"
LISTED_AT_ONCE = 100_000


def listed(user: User, asked: Mapping[str, str]) -> tuple[DonationQuerySet, str, str]:
    """Return the gifts of a branch, period, fund or campaign, and the two parts of their title.

    Raises PermissionDenied where one may not read them, Http404 for an unknown code.
    """
    branch = get_object_or_404(Branch, code=asked["branch"])
    if not holds(user, READING, branch, domain="donations"):
        raise PermissionDenied
    period = Period.parse(asked["period"])
    gifts = Donation.objects.visible_to(user).raised().received_in(period)
    gifts = gifts.filter(branch__code__startswith=branch.code)
    title = str(branch.society)
    for model, name in ((Fund, "fund"), (Campaign, "campaign")):
        if code := asked.get(name):
            chosen = get_object_or_404(model, code=code)
            gifts = gifts.filter(**{name: chosen})
            title += f"“{chosen}”"
    return gifts, title, f"（{period.label}）"


@exported(DISCLOSURE)
def disclosure(user: User, asked: Mapping[str, str]) -> Made:
    """Write the list as a workbook."""
    found, title, until = listed(user, asked)
    gifts = list(found.select_related("fund").order_by("received_on", "pk")[:LISTED_AT_ONCE])
    notice = settings.DEMO_NOTICE if settings.DEMO else ""
    return Made(public_list(title, until, gifts, notice), len(gifts))
