"""Sending and reading notices."""

import datetime as dt
from collections.abc import Iterable

from django.db import transaction

from redcross.accounts.models import RoleAssignment, User
from redcross.branches.models import Branch
from redcross.notices.models import Notice
from redcross.notices.tasks import send_mail

MAX_SHOWN = 3


def notify(
    users: Iterable[User],
    text: str,
    *,
    link: str = "",
    sent_by: User | None = None,
    now: dt.datetime,
) -> int:
    """Send a notice to each of the users, by mail too; return how many they are."""
    people = {user.pk: user for user in users if user.is_active and not user.is_service}
    Notice.objects.bulk_create(
        Notice(user=user, text=text[:500], link=link, sent_by=sent_by, created_at=now)
        for user in people.values()
    )
    addresses = sorted(user.email for user in people.values() if user.email)
    if addresses:
        transaction.on_commit(lambda: send_mail.delay(addresses=addresses, text=text, link=link))
    return len(people)


def list_role_holders(branches: Iterable[Branch], roles: Iterable[str], day: dt.date) -> list[User]:
    """Return the users with one of the roles at exactly these branches on a day."""
    assignments = RoleAssignment.objects.on(day).filter(
        branch__in=list(branches), role__in=list(roles)
    )
    return list(User.objects.filter(pk__in=assignments.values("user")).order_by("pk"))


def unread_notices(user: User) -> tuple[int, list[Notice]]:
    """Return the number of unread notices of a user and the newest of them."""
    unread = Notice.objects.filter(user=user).unread()
    newest = list(unread[: MAX_SHOWN + 1])
    count = len(newest) if len(newest) <= MAX_SHOWN else unread.count()
    return count, newest[:MAX_SHOWN]


def mark_read(user: User, *, now: dt.datetime) -> int:
    """Mark every notice of a user as read; return how many."""
    return Notice.objects.filter(user=user).unread().update(read_at=now)
