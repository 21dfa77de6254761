"""Who may act on which role: the level above, by rank and limits, or two administrators.

An action on an account affects every role of its user; `services.py` checks each of them.
"""

import dataclasses
from typing import Protocol

from redcross.accounts.choices import VAULT_ROLES, Role
from redcross.accounts.models import User
from redcross.branches.models import Branch
from redcross.people.choices import ActionVerb

ACCOUNT_MANAGER_ROLES = (Role.REVIEWER, Role.OFFICE, Role.ADMINISTRATOR)
OVERSIGHT_ROLES = (Role.ADMINISTRATOR, Role.AUDITOR)
ADMINISTRATORS_ONLY = frozenset({*OVERSIGHT_ROLES, *VAULT_ROLES})
"""Roles on which only administrators act, for most actions two of them."""

RANK = {
    Role.STATISTICIAN: 1,
    Role.STOREKEEPER: 1,
    Role.REVIEWER: 2,
    Role.DESK: 2,
    Role.OFFICE: 3,
    Role.FINANCE: 3,
    Role.SUPERVISOR: 3,
    Role.LEADER: 4,
    Role.ORGAN_COORDINATOR: 5,
    Role.STEM_CELL_STAFF: 5,
    Role.AUDITOR: 5,
    Role.ADMINISTRATOR: 5,
}
"""Compared at the same branch: a higher rank acts only on lower ones."""

_WITHOUT_CONFIRMATION = {
    # Taking rights away must not wait, except from administrators and auditors.
    **dict.fromkeys(VAULT_ROLES, frozenset({
        ActionVerb.SIGN_OUT, ActionVerb.END_ROLE, ActionVerb.CLOSE_ACCOUNT, ActionVerb.EDIT_ACCOUNT,
    })),
    **dict.fromkeys(OVERSIGHT_ROLES, frozenset({ActionVerb.SIGN_OUT, ActionVerb.EDIT_ACCOUNT})),
}  # fmt: skip


class RoleLike(Protocol):
    """A role at a branch, requested or assigned."""

    role: str
    branch: Branch
    domain: str


@dataclasses.dataclass(frozen=True, slots=True)
class RoleScope:
    """A role at a branch with its limits; empty limits mean everything."""

    role: str
    branch: Branch
    domain: str = ""
    sheets: tuple[str, ...] = ()

    @classmethod
    def of(cls, source: RoleLike) -> "RoleScope":
        """Return the scope of an assignment or of a request for one."""
        sheets = tuple(getattr(source, "sheets", ()))
        return cls(source.role, source.branch, source.domain, sheets)

    def __str__(self) -> str:
        return f"{self.branch}{Role(self.role).label}"


def may_act_on(actor: User, scope: RoleScope, verb: ActionVerb) -> bool:
    """Return whether one of the actor's roles may act on this role.

    `needs_confirmation` decides whether a second person must confirm; `services.py` checks that
    the actor is neither the user concerned nor the receiver.
    """
    if verb is ActionVerb.STAND_IN and scope.role in OVERSIGHT_ROLES:
        return False
    above = scope.branch.parent or scope.branch
    return any(
        own.branch.contains(above)
        and _outranks(own.role, own.branch, scope)
        and _includes(own.domain, own.sheets, scope)
        for own in actor.current_roles()
    )


def needs_confirmation(scope: RoleScope, verb: ActionVerb) -> bool:
    """Return whether a second administrator must confirm the action."""
    return scope.role in ADMINISTRATORS_ONLY and verb not in _WITHOUT_CONFIRMATION[Role(scope.role)]


def describe_authority(scope: RoleScope, verb: ActionVerb) -> str:
    """Return a sentence that says who may act on the role."""
    label = Role(scope.role).label
    if verb is ActionVerb.STAND_IN and scope.role in OVERSIGHT_ROLES:
        return f"“{label}”不设代理；须换人时请由系统管理员办理工作移交。"
    above = scope.branch.parent or scope.branch
    names = "、".join(role.label for role in ACCOUNT_MANAGER_ROLES if _outranks(role, above, scope))
    sentence = f"{scope.branch}“{label}”由{above.society}的{names}办理"
    if scope.role not in ADMINISTRATORS_ONLY and (names != Role.ADMINISTRATOR.label):
        sentence += "，办理人的业务和报表范围须包含该角色的范围"
    if needs_confirmation(scope, verb):
        sentence += "，并由另一名系统管理员确认"
    return f"{sentence}。"


def _outranks(role: str, branch: Branch, scope: RoleScope) -> bool:
    if role == Role.ADMINISTRATOR:
        return True
    if role not in ACCOUNT_MANAGER_ROLES or scope.role in ADMINISTRATORS_ONLY:
        return False
    return branch.pk != scope.branch.pk or RANK[Role(role)] > RANK[Role(scope.role)]


def _includes(domain: str, sheets: list[str], scope: RoleScope) -> bool:
    """Return whether the limits include those of the scope: nobody grants more than he has."""
    if sheets and not (scope.sheets and set(scope.sheets) <= set(sheets)):
        return False
    if not domain or domain == scope.domain:
        return True
    # A role of all domains limited to sheets of this domain includes no more than them.
    return (
        not scope.domain
        and bool(scope.sheets)
        and all(sheet.partition(".")[0] == domain for sheet in scope.sheets)
    )
