"""Who may work with cases and open the vault; leaders read figures only."""

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
    """Return whether a person works with exactly this branch's vault: levels above do not."""
    return any(
        grant.role in VAULT_ROLES and grant.branch_id == branch.pk for grant in user.current_roles()
    )


def may_open_vault_in_emergency(user: User, branch: Branch) -> bool:
    """Return whether a person may open a branch's vault in an emergency, which is reported."""
    return has_role(user, EMERGENCY_ROLES, branch, domain="donors")


def may_follow_cases(user: User, branch: Branch | None = None) -> bool:
    """Return whether a person works with the cases of a branch."""
    return has_role(user, CASE_ROLES, branch, domain="donors")
