"""What a role allows; `visible_to` decides on which rows."""

import dataclasses
from collections.abc import Iterable

from django.contrib.auth.models import AnonymousUser

from redcross.accounts.choices import Role
from redcross.accounts.models import RoleAssignment, User
from redcross.branches.models import Branch

ENTRY_ROLES = (Role.STATISTICIAN, Role.DESK, Role.STOREKEEPER)
REVIEW_ROLES = (Role.REVIEWER, Role.DESK)
READ_ROLES = (
    Role.STATISTICIAN,
    Role.REVIEWER,
    Role.DESK,
    Role.OFFICE,
    Role.FINANCE,
    Role.SUPERVISOR,
    Role.STOREKEEPER,
    Role.ORGAN_COORDINATOR,
    Role.STEM_CELL_STAFF,
)


def has_role(
    user: User,
    roles: Iterable[str],
    branch: Branch | None = None,
    *,
    domain: str = "",
    sheet: str = "",
) -> bool:
    """Return whether the user has one of the roles for the branch, domain and sheet."""
    wanted = frozenset(roles)
    return any(
        assignment.role in wanted
        and (branch is None or assignment.branch.contains(branch))
        and role_covers(assignment, domain, sheet)
        for assignment in (user.current_roles() if user.is_authenticated else ())
    )


@dataclasses.dataclass(frozen=True, slots=True)
class Rights:
    """The roles of a user at any branch, as (role, domain or "")."""

    grants: frozenset[tuple[str, str]]

    def allow(self, roles: Iterable[str], domain: str = "") -> bool:
        """Return whether one of the roles is held for the domain."""
        wanted = frozenset(roles)
        return any(role in wanted and _domain_matches(own, domain) for role, own in self.grants)


def rights_of_user(user: User | AnonymousUser) -> Rights:
    """Return the rights of a user; equal for users with the same rights."""
    roles = user.current_roles() if user.is_authenticated else ()
    return Rights(frozenset((role.role, role.domain) for role in roles))


def _domain_matches(own: str, domain: str) -> bool:
    return not (own and domain and own != domain)


def role_covers(assignment: RoleAssignment, domain: str = "", sheet: str = "") -> bool:
    """Return whether a role applies to a domain and a sheet; without limits it applies to all."""
    if not _domain_matches(assignment.domain, domain or sheet.partition(".")[0]):
        return False
    return not (assignment.sheets and sheet and sheet not in assignment.sheets)


def home_branch(user: User | AnonymousUser) -> Branch | None:
    """Return the branch a user works for: the highest of his roles."""
    if not user.is_authenticated:
        return None
    roles = sorted(user.current_roles(), key=lambda assignment: len(assignment.branch.code))
    return roles[0].branch if roles else None


def enterable_branches(user: User) -> list[Branch]:
    """Return the branches the user may enter data for: each subtree, his own branch first."""
    branches: dict[int, Branch] = {}
    for role in user.current_roles():
        if role.role in ENTRY_ROLES:
            for branch in Branch.objects.under(role.branch).in_official_order():
                branches.setdefault(branch.pk, branch)
    return list(branches.values())
