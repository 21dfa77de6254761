"""What gifts and fundraising add to the search."""

from collections.abc import Iterator

from django.urls import reverse

from donations.models import Campaign, Fund, Giver
from redcross.accounts.models import User
from redcross.accounts.rules import READ_ROLES, has_role
from redcross.indicators.query.query_params import FIGURE_ROLES
from redcross.portal.search_sources import MAX_HITS, SearchHit, search_named_rows, search_source


@search_source
def search_funds(words: str, user: User) -> Iterator[SearchHit]:
    """Find funds and campaigns."""
    if has_role(user, FIGURE_ROLES):
        yield from search_named_rows(words, Fund, "基金", "fund")
        yield from search_named_rows(words, Campaign, "募捐活动", "campaign")


@search_source
def search_givers(words: str, user: User) -> Iterator[SearchHit]:
    """Find organisations that gave."""
    if has_role(user, READ_ROLES, domain="donations"):
        rows = Giver.objects.visible_to(user).filter(name__icontains=words, merged_into=None)
        for giver in rows.order_by("name")[:MAX_HITS]:
            yield SearchHit("捐赠单位", giver.name, reverse("giver", kwargs={"pk": giver.pk}))
