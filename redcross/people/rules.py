"""Who looks after whose account: the level above, and administrators."""

from redcross.accounts.choices import Role
from redcross.accounts.models import User
from redcross.accounts.rules import has_role
from redcross.branches.models import Branch

LOOKING_AFTER = (Role.REVIEWER, Role.OFFICE, Role.ADMINISTRATOR)
ONLY_ADMINISTRATORS_GIVE = (Role.ADMINISTRATOR, Role.AUDITOR)


def may_look_after(user: User, branch: Branch) -> bool:
    """The level above looks after a branch's people; the province after its own."""
    return has_role(user, LOOKING_AFTER, branch.parent or branch)


def may_give(user: User, role: str, branch: Branch) -> bool:
    """A role is given by whoever looks after the branch; two of them by administrators."""
    if role in ONLY_ADMINISTRATORS_GIVE:
        return has_role(user, [Role.ADMINISTRATOR], branch)
    return may_look_after(user, branch)
