"""What falls due in the domains; each app adds its own in `worklists.py`."""

import dataclasses
import datetime as dt
from collections.abc import Callable, Iterator

from django.utils.module_loading import autodiscover_modules

from redcross.accounts.models import User


@dataclasses.dataclass(frozen=True, slots=True)
class Expiring:
    """So many things of one kind that end or need a hand soon, and the page that lists them."""

    label: str
    count: int
    link: str


Worklist = Callable[[User, dt.date], Iterator[Expiring]]

_worklists: list[Worklist] = []


def worklist(tell: Worklist) -> Worklist:
    """Register a function of a person and today: one query a line, whatever the number of rows."""
    _worklists.append(tell)
    return tell


def expiring(user: User, today: dt.date) -> list[Expiring]:
    """Return every line that counts anything, in the order in which the apps are installed."""
    autodiscover_modules("worklists")
    return [each for tell in _worklists for each in tell(user, today) if each.count]
