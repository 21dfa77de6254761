"""Who may hand in, who may decide, and who may take back."""

from redcross.accounts.choices import Role
from redcross.accounts.models import User
from redcross.accounts.rules import ENTRY_ROLES, READ_ROLES, REVIEW_ROLES, has_role
from redcross.branches.models import Branch
from redcross.uploads.models import Upload


def has_entering_role(user: User) -> bool:
    """Tell whether a person hands anything in at all."""
    return has_role(user, ENTRY_ROLES)


def may_enter(user: User, branch: Branch, sheet: str) -> bool:
    """A statistician, storekeeper or desk enters for his branch and those below it (代报)."""
    return has_role(user, ENTRY_ROLES, branch, sheet=sheet)


def may_review(user: User, upload: Upload) -> bool:
    """The level above decides; at the province a second person. Nobody reviews his own."""
    if user.pk in (upload.uploaded_by_id, upload.reviewed_by_id):
        return False
    level_above = upload.branch.parent or upload.branch
    reviewing: tuple[Role, ...] = REVIEW_ROLES
    if upload.branch.parent is None and upload.sheet.startswith("donations."):
        reviewing = (*REVIEW_ROLES, Role.FINANCE)
    return has_role(user, reviewing, level_above, sheet=upload.sheet)


def may_revert(user: User, upload: Upload) -> bool:
    """Whoever may decide on it, or the one who handed it in."""
    return user.pk == upload.uploaded_by_id or may_review(user, upload)


def may_see_rows(user: User, upload: Upload) -> bool:
    """Whoever works with records sees the rows as read; leaders see counts alone."""
    return has_role(user, READ_ROLES, upload.branch)


def is_original_uploader(user: User, upload: Upload) -> bool:
    """Tell whether the workbook came from this very person.

    Not `uploaded_by`: unfinished work that was handed over came from somebody else.
    """
    first = upload.steps.order_by("at", "pk").first()
    return first is not None and first.by_id == user.pk


def may_see_file(user: User, upload: Upload) -> bool:
    """The entering branch and its reviewers see the workbook itself."""
    return may_enter(user, upload.branch, upload.sheet) or may_review(user, upload)
