"""Who is reminded of an obligation: the clerks, their reviewers, the desk above."""

import dataclasses
import datetime as dt
from collections.abc import Iterable

from redcross.accounts.choices import Role
from redcross.accounts.models import RoleAssignment, User
from redcross.accounts.rules import role_covers
from redcross.branches.choices import Level
from redcross.branches.models import Branch
from redcross.completeness.choices import ReminderAudience
from redcross.completeness.obligations.evaluate import Obligation


@dataclasses.dataclass(frozen=True, slots=True)
class RoleDirectory:
    """The roles in force on a day, by the code of their branch."""

    roles: dict[str, list[RoleAssignment]]

    def recipients(self, obligation: Obligation, audience: str) -> list[User]:
        """Return the users to remind; for reviewers and desks those of the nearest level above."""
        branch, sheet = obligation.branch, obligation.sheet.key
        match ReminderAudience(audience):
            case ReminderAudience.CLERK:
                return self.clerks(branch, sheet)
            case ReminderAudience.REVIEWER:
                return self._first_holders(_ancestor_codes(branch), (Role.REVIEWER,), sheet)
            case ReminderAudience.DESK:
                return self._first_holders(_ancestor_codes(branch), (Role.DESK,), sheet)

    def clerks(self, branch: Branch, sheet: str) -> list[User]:
        """Return the statisticians of the branch, else others who enter data for it.

        If a county has nobody, its prefecture's statistician submits for it (代报).
        """
        codes = [branch.code]
        if branch.level in (Level.COUNTY, Level.UNIT) and len(branch.code) > 4:
            codes.append(branch.code[:4])
        for code in codes:
            for roles in ((Role.STATISTICIAN,), (Role.STOREKEEPER, Role.DESK)):
                users = self._holders(code, roles, sheet)
                if users:
                    return users
        return []

    def _first_holders(self, codes: Iterable[str], roles: Iterable[str], sheet: str) -> list[User]:
        for code in codes:
            users = self._holders(code, roles, sheet)
            if users:
                return users
        return []

    def _holders(self, code: str, roles: Iterable[str], sheet: str) -> list[User]:
        wanted = set(roles)
        return [
            assignment.user
            for assignment in self.roles.get(code, ())
            if assignment.role in wanted and role_covers(assignment, sheet=sheet)
        ]


def _ancestor_codes(branch: Branch) -> list[str]:
    """Return the codes of the levels above, the nearest first; its own for the province."""
    code = branch.code
    codes = [code[:length] for length in (4, 2) if length < len(code) and "X" not in code[:length]]
    return codes or [code]


def load_role_directory(day: dt.date) -> RoleDirectory:
    """Return the roles in force on a day, in one query."""
    roles: dict[str, list[RoleAssignment]] = {}
    rows = RoleAssignment.objects.on(day).filter(user__is_active=True, user__is_service=False)
    for assignment in rows.select_related("user", "branch").order_by("user", "pk"):
        roles.setdefault(assignment.branch.code, []).append(assignment)
    return RoleDirectory(roles)
