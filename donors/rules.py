"""Who follows a case: those who work with it; leaders read figures."""

from redcross.accounts.choices import VAULT_ROLES, Role
from redcross.accounts.models import User
from redcross.accounts.rules import has_role
from redcross.branches.models import Branch

CASE_ROLES = (
    Role.ORGAN_COORDINATOR,
    Role.STATISTICIAN,
    Role.REVIEWER,
    Role.DESK,
    Role.SUPERVISOR,
)
EMERGENCY_ROLES = (*VAULT_ROLES, Role.DESK, Role.REVIEWER)


def may_open_vault(user: User, branch: Branch) -> bool:
    """Tell whether a person keeps exactly this branch's vault: the levels above do not."""
    return any(
        each.role in VAULT_ROLES and each.branch_id == branch.pk for each in user.current_roles()
    )


def may_open_vault_in_emergency(user: User, branch: Branch) -> bool:
    """Tell whether a person may open the vault of a branch in an emergency, and be reported."""
    return has_role(user, EMERGENCY_ROLES, branch, domain="donors")


def may_follow_cases(user: User, branch: Branch | None = None) -> bool:
    """Tell whether a person works with the cases of a branch."""
    return has_role(user, CASE_ROLES, branch, domain="donors")
