"""Who may exempt and urge branches."""

from redcross.accounts.choices import Role
from redcross.accounts.models import User
from redcross.accounts.rules import REVIEW_ROLES, has_role
from redcross.branches.models import Branch

DECIDING_ROLES = (*REVIEW_ROLES, Role.OFFICE)


def may_decide_for(user: User, branch: Branch) -> bool:
    """Return whether the user, of the level above, may exempt or urge the branch."""
    return has_role(user, DECIDING_ROLES, branch.parent or branch)
