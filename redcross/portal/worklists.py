"""Things that end or need attention soon; each app declares its own in `worklists.py`."""

import dataclasses
import datetime as dt
import functools
from collections.abc import Callable, Iterable, Iterator
from typing import Any

from django.db import connection
from django.db.models import QuerySet, Value

from redcross.accounts.models import User
from redcross.accounts.rules import has_role
from redcross.discovery import DeclarationList


@dataclasses.dataclass(frozen=True, slots=True)
class WorklistItem:
    """The number of things of one kind that need attention, and the page that lists them."""

    label: str
    count: int
    link: str


WorklistLine = tuple[str, "QuerySet[Any]", str]
"""Label, rows to count, link of the page that lists them."""
WorklistSource = Callable[[tuple[int, ...], dt.date], Iterator[WorklistLine]]
"""Ids of the branches a user may see, today → lines."""


@dataclasses.dataclass(frozen=True, slots=True)
class _Worklist:
    source: WorklistSource
    roles: frozenset[str]
    domain: str


_worklists: DeclarationList[_Worklist] = DeclarationList(module="worklists")


def register_worklist(
    domain: str, roles: Iterable[str]
) -> Callable[[WorklistSource], WorklistSource]:
    """Register the lines shown to users with one of these roles in a domain.

    The lines are compiled to SQL once a day for each set of branches, so that the function
    must depend on nothing but its arguments.
    """

    def register(source: WorklistSource) -> WorklistSource:
        _worklists.add(_Worklist(source, frozenset(roles), domain))
        return source

    return register


def list_worklist_items(user: User, today: dt.date) -> list[WorklistItem]:
    """Return the items with a count above zero, in one query, in the order of the apps."""
    branches = user.open_branch_ids()
    lines = [
        line
        for worklist in _worklists
        if branches and has_role(user, worklist.roles, domain=worklist.domain)
        for line in _compile_lines(worklist, branches, today)
    ]
    if not lines:
        return []
    counts = ", ".join(f"(SELECT count(*) FROM ({sql}) counted)" for _, _, sql, _ in lines)
    parameters = [value for *_, values in lines for value in values]
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {counts}", parameters)
        row = cursor.fetchone()
    return [
        WorklistItem(label, count, link)
        for (label, link, *_), count in zip(lines, row, strict=True)
        if count
    ]


@functools.lru_cache(maxsize=512)
def _compile_lines(
    worklist: _Worklist, branches: tuple[int, ...], today: dt.date
) -> tuple[tuple[str, str, str, tuple[Any, ...]], ...]:
    """Return label, link, SQL and its parameters of each line."""
    return tuple(
        (label, link, *rows.order_by().values(one=Value(1)).query.sql_with_params())
        for label, rows, link in worklist.source(branches, today)
    )
