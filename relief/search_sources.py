"""What relief adds to the search."""

from collections.abc import Iterator

from redcross.accounts.models import User
from redcross.accounts.rules import has_role
from redcross.indicators.query.query_params import FIGURE_ROLES
from redcross.portal.search_sources import SearchHit, search_named_rows, search_source
from relief.models import Event


@search_source
def search_events(words: str, user: User) -> Iterator[SearchHit]:
    """Find disasters and epidemics."""
    if has_role(user, FIGURE_ROLES):
        yield from search_named_rows(words, Event, "灾害事件", "event")
