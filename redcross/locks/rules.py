"""Who may lock and unlock periods."""

from redcross.accounts.choices import Role
from redcross.accounts.models import User
from redcross.accounts.rules import has_role
from redcross.branches.models import Branch


def may_lock(user: User) -> bool:
    """Return whether the user is a desk, office or administrator of the province."""
    return any(
        has_role(user, [Role.DESK, Role.OFFICE, Role.ADMINISTRATOR], branch)
        for branch in Branch.objects.filter(parent__isnull=True)
    )
