"""What pages ask of uploads: lists, the queue, what waits for a person."""

import dataclasses
import datetime as dt

from django.db.models import QuerySet

from redcross.accounts.models import User
from redcross.accounts.rules import ENTERING, REVIEWING, holds, home_branch
from redcross.branches.models import Branch
from redcross.periods import Period, add_months, month_start
from redcross.uploads import rules
from redcross.uploads.choices import OPEN, State
from redcross.uploads.models import Upload
from redcross.uploads.sheet import Monthly, Sheet, registry


@dataclasses.dataclass(frozen=True, slots=True)
class Owed:
    """A sheet a branch still has to hand in."""

    sheet: Sheet
    branch: Branch
    period: Period
    due_on: dt.date
    days_late: int
    returned: Upload | None


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


def open_uploads(user: User) -> list[Upload]:
    """Return the user's own uploads in which he has the next word."""
    mine = Upload.objects.visible_to(user).filter(uploaded_by=user, state__in=OPEN)
    return list(mine.exclude(state=State.WITHDRAWN).select_related("branch").order_by("-pk")[:20])


def owed_by(user: User, today: dt.date) -> list[Owed]:
    """Return the monthly sheets of last month the user's branch has not handed in."""
    branch = home_branch(user)
    if branch is None or not holds(user, ENTERING, branch):
        return []
    month = Period.month(add_months(month_start(today), -1))
    handed_in = {
        upload.sheet: upload
        for upload in Upload.objects.visible_to(user)
        .filter(branch=branch, first_month__lte=month.start, last_month__gte=month.last)
        .order_by("pk")
    }
    owed = []
    for sheet in registry.values():
        for due in sheet.due:
            if due.level != branch.level or not isinstance(due.calendar, Monthly):
                continue
            upload = handed_in.get(sheet.key)
            if upload is not None and upload.state not in OPEN | {State.UNDONE}:
                continue
            due_on = month.end.replace(day=due.calendar.day)
            late = max((today - due_on).days, 0)
            owed.append(Owed(sheet, branch, month, due_on, late, upload))
    return owed


def enterable_branches(user: User) -> list[Branch]:
    """Return the branches the user may hand in for, his own first."""
    held = [each.branch for each in user.roles.select_related("branch") if each.role in ENTERING]
    found: dict[int, Branch] = {}
    for branch in held:
        for each in Branch.objects.under(branch).in_official_order():
            found.setdefault(each.pk, each)
    return list(found.values())
