"""Credentials beside sessions: each app declares its own, and all are revoked together."""

import datetime as dt
from typing import Protocol

from redcross.accounts.models import User


class Revocation(Protocol):
    """Revokes one kind of credential of a user; returns how many there were."""

    def __call__(self, user: User, *, now: dt.datetime) -> int: ...


_revocations: list[Revocation] = []


def register_credential(revoke: Revocation) -> Revocation:
    """Register the function that revokes one kind of credential."""
    _revocations.append(revoke)
    return revoke


def revoke_credentials(user: User, *, now: dt.datetime) -> int:
    """Revoke every credential of a user but sessions and password; return how many there were."""
    return sum(revoke(user, now=now) for revoke in _revocations)
