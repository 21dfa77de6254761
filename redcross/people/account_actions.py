"""Account actions of one user on another as values, and who is notified of them."""

import dataclasses
import datetime as dt
from collections.abc import Iterable, Sequence

from django.utils import timezone

from redcross.accounts.choices import Role
from redcross.accounts.models import User
from redcross.audit.choices import Act
from redcross.audit.services import write_entry
from redcross.branches.models import Branch
from redcross.notices.services import list_role_holders, notify
from redcross.people.choices import ActionVerb
from redcross.people.models import AccountActionRequest
from redcross.people.rules import ACCOUNT_MANAGER_ROLES, RoleScope

_MAX_SHOWN = 5


@dataclasses.dataclass(frozen=True, slots=True)
class AccountAction:
    """The action, the user it concerns, and the user who benefits."""

    verb: ActionVerb
    person: User
    receiver: User | None = None
    """The deputy or successor."""
    scope: RoleScope | None = None
    """The role that is granted or ended, if the action concerns one."""
    starts_on: dt.date | None = None
    ends_on: dt.date | None = None
    """The last day of the role or of the deputy."""

    @classmethod
    def of(cls, request: AccountActionRequest) -> "AccountAction":
        """Return the action of a request, whose person, receiver and branch are loaded."""
        scope = None
        if request.branch is not None and request.role:
            scope = RoleScope(request.role, request.branch, request.domain, tuple(request.sheets))
        return cls(
            ActionVerb(request.verb),
            request.person,
            receiver=request.receiver,
            scope=scope,
            starts_on=request.starts_on,
            ends_on=request.ends_on,
        )

    def __str__(self) -> str:
        """Return the action in words, without the user it concerns."""
        text = ActionVerb(self.verb).label
        if self.scope is not None:
            text += f"“{self.scope}”"
        if self.receiver is not None:
            text += (
                f"给{self.receiver}"
                if self.verb is ActionVerb.HAND_OVER
                else f"（{self.receiver}）"
            )
        if self.ends_on is not None:
            text += f"至{self.ends_on:%Y年%m月%d日}"
        return text


def list_role_scopes(person: User, day: dt.date) -> tuple[RoleScope, ...]:
    """Return the roles of a user in force on a day or later."""
    if person._state.adding:
        return ()
    assignments = person.roles.not_ended(day).select_related("branch__parent")
    return tuple(map(RoleScope.of, assignments))


def affected_scopes(action: AccountAction, day: dt.date) -> tuple[RoleScope, ...]:
    """Return every role that the action affects: all of the user's, and the one it concerns."""
    scopes = list_role_scopes(action.person, day)
    return scopes if action.scope is None else (*scopes, action.scope)


def notify_person(action: AccountAction, *, actors: Sequence[User], now: dt.datetime) -> None:
    """Notify a user of an action on his account."""
    notify(
        [action.person],
        f"您的账户已由{'、'.join(map(str, actors))}办理：{action}。"
        "如非本人要求，请立即告知上一级或安全审计员。",
        link="/people/me/",
        sent_by=actors[0],
        now=now,
    )


def notify_supervisors(
    actions: Sequence[AccountAction],
    scopes: Iterable[RoleScope],
    *,
    actors: Sequence[User],
    now: dt.datetime,
    remark: str = "",
) -> None:
    """Notify the levels above the roles and the auditors of actions executed together."""
    if not actions:
        return
    first = actions[0]
    people = "、".join(
        f"{action.person}（{action.person.username}）" for action in actions[:_MAX_SHOWN]
    )
    if len(actions) > _MAX_SHOWN:
        people += f"等{len(actions)}人"
    what = str(first) if len(actions) == 1 else ActionVerb(first.verb).label
    notify(
        _list_supervisors([scope.branch for scope in scopes], actors, timezone.localdate(now)),
        f"{'、'.join(map(str, actors))}为{people}办理：{what}{remark}。",
        link=f"/people/{first.person.pk}/" if len(actions) == 1 else "/people/",
        sent_by=actors[0],
        now=now,
    )


def _list_supervisors(
    branches: Sequence[Branch], actors: Sequence[User], day: dt.date
) -> list[User]:
    """Return the account managers one level above and the auditors, without the actors."""
    above = {branch.parent or branch for branch in branches}
    top = Branch.objects.filter(parent__isnull=True)
    people = [
        *list_role_holders(above, ACCOUNT_MANAGER_ROLES, day),
        *list_role_holders({*above, *top}, [Role.AUDITOR], day),
    ]
    return [user for user in people if user not in actors]


def log_action(action: AccountAction, *, actor: User, act: Act = Act.CHANGE) -> None:
    """Write the action into the access log, in addition to the entry of the web request."""
    write_entry(
        actor,
        act,
        f"人员：{action.person.username} {action}",
        branch_code=action.scope.branch.code if action.scope else "",
        status=403 if act is Act.REFUSED else 200,
    )
