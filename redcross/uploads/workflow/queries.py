"""What pages ask of uploads: lists, the queue, what waits for a person."""

import dataclasses
from collections import Counter

from django.db.models import Exists, OuterRef

from redcross.accounts.models import User
from redcross.accounts.rules import ENTRY_ROLES, REVIEW_ROLES, has_role
from redcross.branches.models import Branch
from redcross.branches.tree import attach_branches
from redcross.uploads import rules
from redcross.uploads.choices import OPEN_STATES, UploadState
from redcross.uploads.models import HeadingMemory, Upload, UploadQuerySet
from redcross.uploads.registry import registry
from redcross.uploads.schema.sheet import Sheet

MAX_OPEN_UPLOADS = 20
MAX_QUEUE_LENGTH = 500


def visible_uploads(user: User) -> UploadQuerySet:
    """Return the uploads of the user's branches, newest first, with their names."""
    return (
        Upload.objects.visible_to(user)
        .select_related("branch", "uploaded_by", "approved_by")
        .order_by("-pk")
    )


def review_queue(user: User) -> list[Upload]:
    """Return the uploads this person may decide on, oldest first."""
    return _reviewable_uploads(user, Upload.objects.select_related("uploaded_by"))


def review_counts(user: User) -> list[tuple[Sheet, int]]:
    """Return how many uploads of each sheet this person may decide on, the longest row first."""
    uploads = Upload.objects.only("sheet", "branch_id", "uploaded_by_id", "reviewed_by_id")
    return count_by_sheet(_reviewable_uploads(user, uploads))


def _reviewable_uploads(user: User, uploads: UploadQuerySet) -> list[Upload]:
    if not has_role(user, (*REVIEW_ROLES, "FINANCE")):
        return []
    waiting = (
        uploads.visible_to(user).awaiting_review().order_by("submitted_at", "pk")[:MAX_QUEUE_LENGTH]
    )
    return [upload for upload in attach_branches(waiting) if rules.may_review(user, upload)]


def count_by_sheet(queue: list[Upload]) -> list[tuple[Sheet, int]]:
    """Return how many uploads of each sheet wait in a queue, the longest row first."""
    return [
        (registry[key], count)
        for key, count in Counter(upload.sheet for upload in queue).most_common()
    ]


def open_uploads(user: User) -> list[Upload]:
    """Return the user's own uploads in which he has the next word.

    One after which the same was handed in once more is left alone.
    """
    if not has_role(user, ENTRY_ROLES):
        return []
    visible = Upload.objects.visible_to(user)
    once_more = visible.filter(
        branch=OuterRef("branch"),
        sheet=OuterRef("sheet"),
        first_month=OuterRef("first_month"),
        last_month=OuterRef("last_month"),
        pk__gt=OuterRef("pk"),
    ).exclude(state__in=[UploadState.WITHDRAWN, UploadState.UNDONE])
    mine = visible.filter(uploaded_by=user, state__in=OPEN_STATES).exclude(
        state=UploadState.WITHDRAWN
    )
    if not mine.exists():
        return []
    return list(
        mine.filter(~Exists(once_more))
        .select_related("branch", "uploaded_by")
        .order_by("-pk")[:MAX_OPEN_UPLOADS]
    )


def entering_branch(user: User) -> Branch | None:
    """Return the branch a person enters for: the highest of his roles that enter."""
    branches = [role.branch for role in user.current_roles() if role.role in ENTRY_ROLES]
    return min(branches, key=lambda branch: len(branch.code), default=None)


def enterable_sheets(user: User) -> list[Sheet]:
    """Return the sheets one of the user's roles hands in, what falls due first."""
    branches = [role.branch for role in user.current_roles() if role.role in ENTRY_ROLES]
    return [
        sheet
        for sheet in registry.in_menu_order()
        if any(rules.may_enter(user, branch, sheet.key) for branch in branches)
    ]


@dataclasses.dataclass(frozen=True, slots=True)
class HeadingMapping:
    """How a heading of a branch's own is read: a field's label, "" where it is skipped."""

    sheet: Sheet
    heading: str
    label: str
    record: HeadingMemory


def heading_mappings(branch: Branch, sheet: str = "") -> list[HeadingMapping]:
    """Return what a branch had mapped by hand, for one sheet or for all of them."""
    memories = HeadingMemory.objects.filter(branch=branch).select_related("by")
    memories = memories.filter(sheet=sheet) if sheet else memories
    return [
        HeadingMapping(registry[memory.sheet], memory.heading, _mapped_label(memory), memory)
        for memory in memories.order_by("sheet", "heading")
        if memory.sheet in registry
    ]


def _mapped_label(memory: HeadingMemory) -> str:
    column = registry[memory.sheet].columns.get(memory.field)
    return column.label if column else ""
