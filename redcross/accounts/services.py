"""Accounts that must exist before anyone can sign in, and granting of roles."""

import datetime as dt
from collections.abc import Iterable

from redcross.accounts.choices import Role
from redcross.accounts.models import RoleAssignment, User
from redcross.branches.models import PROVINCE_CODE, Branch

SERVICE_ACCOUNTS = {
    "命令行（填报）": Role.DESK,
    "命令行（审核）": Role.DESK,
    "系统": Role.OFFICE,
}
ROLE_START = dt.date(2000, 1, 1)


def ensure_service_accounts() -> None:
    """Create the accounts the command line acts as; nobody can sign in with them."""
    province = Branch.objects.get(code=PROVINCE_CODE)
    for name, role in SERVICE_ACCOUNTS.items():
        user, created = User.objects.get_or_create(
            username=name, defaults={"display_name": name, "is_service": True}
        )
        if created:
            user.set_unusable_password()
            user.save()
        grant_role(user, role, province)


def create_first_administrator(*, password: str) -> bool:
    """Create the first administrator; return False if there is one already."""
    if RoleAssignment.objects.filter(role=Role.ADMINISTRATOR).exists():
        return False
    user = User.objects.create_user(
        "admin", password=password, display_name="系统管理员", must_change_password=True
    )
    grant_role(user, Role.ADMINISTRATOR, Branch.objects.get(code=PROVINCE_CODE))
    return True


def grant_role(
    user: User,
    role: Role,
    branch: Branch,
    *,
    domain: str = "",
    sheets: Iterable[str] = (),
) -> RoleAssignment:
    """Grant a role without an end date; an equal role is not granted twice."""
    assignment, _ = RoleAssignment.objects.get_or_create(
        user=user,
        role=role,
        branch=branch,
        domain=domain,
        sheets=list(sheets),
        defaults={"starts_on": ROLE_START},
    )
    return assignment
