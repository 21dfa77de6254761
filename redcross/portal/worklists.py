"""What falls due in the domains; each app adds its own in `worklists.py`."""

import dataclasses
import datetime as dt
import functools
from collections.abc import Callable, Iterable, Iterator
from typing import Any

from django.db import connection
from django.db.models import QuerySet, Value

from redcross.accounts.models import User
from redcross.accounts.rules import has_role
from redcross.accounts.scope import branches_of
from redcross.discovery import discover


@dataclasses.dataclass(frozen=True, slots=True)
class WorklistItem:
    """So many things of one kind that end or need a hand soon, and the page that lists them."""

    label: str
    count: int
    link: str


WorklistLine = tuple[str, "QuerySet[Any]", str]
"""A label, the rows it counts, and the page that lists them."""
WorklistSource = Callable[[tuple[int, ...], dt.date], Iterator[WorklistLine]]


@dataclasses.dataclass(frozen=True, slots=True)
class _Worklist:
    tell: WorklistSource
    roles: frozenset[str]
    domain: str


_worklists: list[_Worklist] = []


def register_worklist(
    domain: str, roles: Iterable[str]
) -> Callable[[WorklistSource], WorklistSource]:
    """Register what people with one of these roles in a domain are reminded of.

    The function is given the ids of the branches a person sees and today. What it yields is
    compiled once a day for each set of branches: it must not depend on anything else.
    """

    def register(tell: WorklistSource) -> WorklistSource:
        _worklists.append(_Worklist(tell, frozenset(roles), domain))
        return tell

    return register


def list_worklist_items(user: User, today: dt.date) -> list[WorklistItem]:
    """Return every line that counts anything, in one query, in the order of the apps."""
    discover("worklists")
    branches = branches_of(user)
    lines = [
        line
        for each in _worklists
        if branches and has_role(user, each.roles, domain=each.domain)
        for line in _compile_lines(each, branches, today)
    ]
    if not lines:
        return []
    counts = ", ".join(f"(SELECT count(*) FROM ({sql}) counted)" for _, _, sql, _ in lines)
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {counts}", [each for *_, given in lines for each in given])
        found = cursor.fetchone()
    return [
        WorklistItem(label, count, link)
        for (label, link, *_), count in zip(lines, found, strict=True)
        if count
    ]


@functools.lru_cache(maxsize=512)
def _compile_lines(
    told: _Worklist, branches: tuple[int, ...], today: dt.date
) -> tuple[tuple[str, str, str, tuple[Any, ...]], ...]:
    """Return label, link, SQL and its parameters of each line."""
    return tuple(
        (label, link, *rows.order_by().values(one=Value(1)).query.sql_with_params())
        for label, rows, link in told.tell(branches, today)
    )
