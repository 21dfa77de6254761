"""What relief adds to the search."""

from collections.abc import Iterator

from redcross.accounts.models import User
from redcross.accounts.rules import holds
from redcross.indicators.query.query_params import SEEING_FIGURES
from redcross.portal.searching import Hit, named, searched
from relief.models import Event


@searched
def events(words: str, user: User) -> Iterator[Hit]:
    """Find disasters and epidemics."""
    if holds(user, SEEING_FIGURES):
        yield from named(words, Event, "灾害事件", "event")
