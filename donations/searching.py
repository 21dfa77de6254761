"""What gifts and fundraising add to the search."""

from collections.abc import Iterator

from django.urls import reverse

from donations.models import Campaign, Fund, Giver
from redcross.accounts.models import User
from redcross.accounts.rules import READING, holds
from redcross.indicators.query.query_params import SEEING_FIGURES
from redcross.portal.searching import SHOWN, Hit, named, searched


@searched
def funds(words: str, user: User) -> Iterator[Hit]:
    """Find funds and campaigns."""
    if holds(user, SEEING_FIGURES):
        yield from named(words, Fund, "基金", "fund")
        yield from named(words, Campaign, "募捐活动", "campaign")


@searched
def givers(words: str, user: User) -> Iterator[Hit]:
    """Find organisations that gave."""
    if holds(user, READING, domain="donations"):
        rows = Giver.objects.visible_to(user).filter(name__icontains=words, merged_into=None)
        for giver in rows.order_by("name")[:SHOWN]:
            yield Hit("捐赠单位", giver.name, reverse("giver", kwargs={"pk": giver.pk}))
