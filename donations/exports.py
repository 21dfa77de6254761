"""The list of gifts for the public, as long as it may be."""

from collections.abc import Mapping

from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.shortcuts import get_object_or_404

from donations.disclosure import build_public_list
from donations.models import Campaign, Donation, DonationQuerySet, Fund
from redcross.accounts.models import User
from redcross.accounts.rules import READ_ROLES, has_role
from redcross.branches.models import Branch
from redcross.exports.declaration import ExportFile, register_export
from redcross.periods import Period

DISCLOSURE = "donations.disclosure"
MAX_ROWS = 100_000


def select_public_gifts(user: User, params: Mapping[str, str]) -> tuple[DonationQuerySet, str, str]:
    """Return the gifts of a branch, period, fund or campaign, and the two parts of their title.

    Raises PermissionDenied where one may not read them, Http404 for an unknown code.
    """
    branch = get_object_or_404(Branch, code=params["branch"])
    if not has_role(user, READ_ROLES, branch, domain="donations"):
        raise PermissionDenied
    period = Period.parse(params["period"])
    gifts = Donation.objects.visible_to(user).raised().received_in(period)
    gifts = gifts.filter(branch__code__startswith=branch.code)
    title = str(branch.society)
    for model, name in ((Fund, "fund"), (Campaign, "campaign")):
        if code := params.get(name):
            reference = get_object_or_404(model, code=code)
            gifts = gifts.filter(**{name: reference})
            title += f"“{reference}”"
    return gifts, title, f"（{period.label}）"


@register_export(DISCLOSURE)
def export_public_list(user: User, params: Mapping[str, str]) -> ExportFile:
    """Write the list as a workbook."""
    selected, title, until = select_public_gifts(user, params)
    gifts = list(selected.select_related("fund").order_by("received_on", "pk")[:MAX_ROWS])
    notice = settings.DEMO_NOTICE if settings.DEMO else ""
    return ExportFile(build_public_list(title, until, gifts, notice), len(gifts))
