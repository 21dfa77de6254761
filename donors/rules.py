"""Who follows a case: those who work with it; leaders read figures."""

from redcross.accounts.choices import Role
from redcross.accounts.models import User
from redcross.accounts.rules import holds
from redcross.accounts.scope import roles_of
from redcross.branches.models import Branch

FOLLOWING_CASES = (
    Role.ORGAN_COORDINATOR,
    Role.STATISTICIAN,
    Role.REVIEWER,
    Role.DESK,
    Role.SUPERVISOR,
)
KEEPING_THE_VAULT = (Role.ORGAN_COORDINATOR, Role.STEM_CELL_STAFF)
IN_EMERGENCY = (*KEEPING_THE_VAULT, Role.DESK, Role.REVIEWER)


def may_open_vault(user: User, branch: Branch) -> bool:
    """Tell whether a person keeps exactly this branch's vault: the levels above do not."""
    return any(
        each.role in KEEPING_THE_VAULT and each.branch_id == branch.pk for each in roles_of(user)
    )


def may_break_the_glass(user: User, branch: Branch) -> bool:
    """Tell whether a person may open the vault of a branch in an emergency, and be reported."""
    return holds(user, IN_EMERGENCY, branch, domain="donors")


def may_follow_cases(user: User, branch: Branch | None = None) -> bool:
    """Tell whether a person works with the cases of a branch."""
    return holds(user, FOLLOWING_CASES, branch, domain="donors")
