"""Who follows a case: those who work with it; leaders read figures."""

from redcross.accounts.choices import Role
from redcross.accounts.models import User
from redcross.accounts.rules import holds
from redcross.branches.models import Branch

FOLLOWING_CASES = (
    Role.ORGAN_COORDINATOR,
    Role.STATISTICIAN,
    Role.REVIEWER,
    Role.DESK,
    Role.SUPERVISOR,
)


def may_follow_cases(user: User, branch: Branch | None = None) -> bool:
    """Tell whether a person works with the cases of a branch."""
    return holds(user, FOLLOWING_CASES, branch, domain="donors")
