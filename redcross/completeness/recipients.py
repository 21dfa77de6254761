"""Who is told about an obligation: the clerk, those who review it, the desk above."""

import dataclasses
import datetime as dt
from collections.abc import Iterable

from redcross.accounts.choices import Role
from redcross.accounts.models import RoleAssignment, User
from redcross.accounts.rules import role_covers
from redcross.branches.choices import Level
from redcross.branches.models import Branch
from redcross.completeness.choices import ReminderAudience
from redcross.completeness.obligations import Obligation


@dataclasses.dataclass(frozen=True, slots=True)
class RoleDirectory:
    """Everybody's roles on a day, by the code of their branch."""

    roles: dict[str, list[RoleAssignment]]

    def told(self, obligation: Obligation, audience: str) -> list[User]:
        """Return whom to tell; nobody where nobody holds the role, up to the province."""
        branch, sheet = obligation.branch, obligation.sheet.key
        above = _ancestor_codes(branch)
        match ReminderAudience(audience):
            case ReminderAudience.CLERK:
                return self.clerks(branch, sheet)
            case ReminderAudience.REVIEWER:
                return self._first(above, (Role.REVIEWER,), sheet)
            case ReminderAudience.DESK:
                return self._first(above, (Role.DESK,), sheet)

    def clerks(self, branch: Branch, sheet: str) -> list[User]:
        """Return the branch's own statisticians, else others who enter for it.

        Where a county has nobody, its prefecture's statistician hands in for it (代报).
        """
        places = [branch.code]
        if branch.level in (Level.COUNTY, Level.UNIT) and len(branch.code) > 4:
            places.append(branch.code[:4])
        for place in places:
            for roles in ((Role.STATISTICIAN,), (Role.STOREKEEPER, Role.DESK)):
                found = self._at(place, roles, sheet)
                if found:
                    return found
        return []

    def _first(self, places: Iterable[str], roles: Iterable[str], sheet: str) -> list[User]:
        for place in places:
            found = self._at(place, roles, sheet)
            if found:
                return found
        return []

    def _at(self, place: str, roles: Iterable[str], sheet: str) -> list[User]:
        wanted = set(roles)
        return [
            each.user
            for each in self.roles.get(place, ())
            if each.role in wanted and role_covers(each, sheet=sheet)
        ]


def _ancestor_codes(branch: Branch) -> list[str]:
    """Return the codes of the levels above, the nearest first; the province is its own."""
    code = branch.code
    found = [code[:length] for length in (4, 2) if length < len(code) and "X" not in code[:length]]
    return found or [code]


def load_role_directory(day: dt.date) -> RoleDirectory:
    """Return who holds which role on a day, in one query."""
    roles: dict[str, list[RoleAssignment]] = {}
    held = RoleAssignment.objects.on(day).filter(user__is_active=True, user__is_service=False)
    for each in held.select_related("user", "branch").order_by("user", "pk"):
        roles.setdefault(each.branch.code, []).append(each)
    return RoleDirectory(roles)
