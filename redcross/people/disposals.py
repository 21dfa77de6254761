"""An act of one person on the account of another, as a value; and who is told of it."""

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
from redcross.people.choices import Verb
from redcross.people.models import DisposalRequest
from redcross.people.rules import LOOKING_AFTER, RoleScope

_SHOWN = 5


@dataclasses.dataclass(frozen=True, slots=True)
class Disposal:
    """What is to be done, to whom, and for whose benefit."""

    verb: Verb
    person: User
    receiver: User | None = None
    """The deputy or successor."""
    scope: RoleScope | None = None
    """The role that is given or ended, where the act is about one."""
    starts_on: dt.date | None = None
    ends_on: dt.date | None = None
    """The last day of the role or of the stand-in."""

    @classmethod
    def of(cls, request: DisposalRequest) -> "Disposal":
        """Return what a request asks for; its person, receiver and branch are at hand."""
        scope = None
        if request.branch is not None and request.role:
            scope = RoleScope(request.role, request.branch, request.domain, tuple(request.sheets))
        return cls(
            Verb(request.verb),
            request.person,
            receiver=request.receiver,
            scope=scope,
            starts_on=request.starts_on,
            ends_on=request.ends_on,
        )

    def __str__(self) -> str:
        """Return the act in words, without its person."""
        text = Verb(self.verb).label
        if self.scope is not None:
            text += f"“{self.scope}”"
        if self.receiver is not None:
            text += f"给{self.receiver}" if self.verb is Verb.HAND_OVER else f"（{self.receiver}）"
        if self.ends_on is not None:
            text += f"至{self.ends_on:%Y年%m月%d日}"
        return text


def scopes_of(person: User, day: dt.date) -> tuple[RoleScope, ...]:
    """Return the roles a person has on a day or will have after it."""
    if person._state.adding:
        return ()
    assignments = person.roles.not_ended(day).select_related("branch__parent")
    return tuple(map(RoleScope.of, assignments))


def affected_scopes(disposal: Disposal, day: dt.date) -> tuple[RoleScope, ...]:
    """Return every role the act disposes of: all of the person's, and the one it is about."""
    scopes = scopes_of(disposal.person, day)
    return scopes if disposal.scope is None else (*scopes, disposal.scope)


def tell_person(disposal: Disposal, *, actors: Sequence[User], now: dt.datetime) -> None:
    """Tell a person what was done to his account, and by whom."""
    notify(
        [disposal.person],
        f"您的账户已由{'、'.join(map(str, actors))}办理：{disposal}。"
        "如非本人要求，请立即告知上一级或安全审计员。",
        link="/people/me/",
        sent_by=actors[0],
        now=now,
    )


def tell_supervisors(
    disposals: Sequence[Disposal],
    scopes: Iterable[RoleScope],
    *,
    actors: Sequence[User],
    now: dt.datetime,
    remark: str = "",
) -> None:
    """Tell the levels above the roles and the auditors of acts that were done together."""
    if not disposals:
        return
    first = disposals[0]
    people = "、".join(
        f"{disposal.person}（{disposal.person.username}）" for disposal in disposals[:_SHOWN]
    )
    if len(disposals) > _SHOWN:
        people += f"等{len(disposals)}人"
    what = str(first) if len(disposals) == 1 else Verb(first.verb).label
    notify(
        _supervisors([scope.branch for scope in scopes], actors, timezone.localdate(now)),
        f"{'、'.join(map(str, actors))}为{people}办理：{what}{remark}。",
        link=f"/people/{first.person.pk}/" if len(disposals) == 1 else "/people/",
        sent_by=actors[0],
        now=now,
    )


def _supervisors(branches: Sequence[Branch], actors: Sequence[User], day: dt.date) -> list[User]:
    """Return who looks after the branches one level above, and the auditors, but no actor."""
    above = {branch.parent or branch for branch in branches}
    top = Branch.objects.filter(parent__isnull=True)
    people = [
        *list_role_holders(above, LOOKING_AFTER, day),
        *list_role_holders({*above, *top}, [Role.AUDITOR], day),
    ]
    return [user for user in people if user not in actors]


def log_disposal(disposal: Disposal, *, actor: User, act: Act = Act.CHANGE) -> None:
    """Write the act into the access log, beside the entry of the request it came by."""
    write_entry(
        actor,
        act,
        f"人员：{disposal.person.username} {disposal}",
        branch_code=disposal.scope.branch.code if disposal.scope else "",
        status=403 if act is Act.REFUSED else 200,
    )
