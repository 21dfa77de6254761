"""What pages ask of uploads: lists, the queue, what waits for a person."""

from collections import Counter

from django.db.models import Exists, OuterRef, QuerySet

from redcross.accounts.models import User
from redcross.accounts.rules import ENTERING, REVIEWING, holds
from redcross.branches.models import Branch
from redcross.uploads import rules
from redcross.uploads.choices import OPEN, State
from redcross.uploads.models import Upload
from redcross.uploads.sheet import Sheet, registry

SHOWN = 20


def visible_uploads(user: User) -> QuerySet[Upload]:
    """Return the uploads of the user's branches, newest first, with their names."""
    return (
        Upload.objects.visible_to(user)
        .select_related("branch", "uploaded_by", "approved_by")
        .order_by("-pk")
    )


def queue_of(user: User) -> list[Upload]:
    """Return the uploads this person may decide on, oldest first."""
    if not holds(user, (*REVIEWING, "FINANCE")):
        return []
    waiting = (
        Upload.objects.visible_to(user)
        .awaiting_review()
        .select_related("branch__parent", "uploaded_by")
        .order_by("submitted_at", "pk")
    )
    return [upload for upload in waiting[:500] if rules.may_review(user, upload)]


def sheets_waiting(queue: list[Upload]) -> list[tuple[Sheet, int]]:
    """Return how many uploads of each sheet wait in a queue, the longest row first."""
    return [
        (registry[key], count)
        for key, count in Counter(upload.sheet for upload in queue).most_common()
    ]


def open_uploads(user: User) -> list[Upload]:
    """Return the user's own uploads in which he has the next word.

    One after which the same was handed in once more is left alone.
    """
    visible = Upload.objects.visible_to(user)
    once_more = visible.filter(
        branch=OuterRef("branch"),
        sheet=OuterRef("sheet"),
        first_month=OuterRef("first_month"),
        last_month=OuterRef("last_month"),
        pk__gt=OuterRef("pk"),
    ).exclude(state__in=[State.WITHDRAWN, State.UNDONE])
    mine = visible.filter(~Exists(once_more), uploaded_by=user, state__in=OPEN)
    return list(
        mine.exclude(state=State.WITHDRAWN)
        .select_related("branch", "uploaded_by")
        .order_by("-pk")[:SHOWN]
    )


def enterable_branches(user: User) -> list[Branch]:
    """Return the branches the user may hand in for, his own first."""
    held = [each.branch for each in user.roles.select_related("branch") if each.role in ENTERING]
    found: dict[int, Branch] = {}
    for branch in held:
        for each in Branch.objects.under(branch).in_official_order():
            found.setdefault(each.pk, each)
    return list(found.values())
