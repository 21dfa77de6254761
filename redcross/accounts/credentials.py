"""What else lets a person in beside sessions: each app names its own, and all end together."""

import datetime as dt
from typing import Protocol

from redcross.accounts.models import User


class Revocation(Protocol):
    """Ends one kind of credential of a person; returns how many there were."""

    def __call__(self, user: User, *, now: dt.datetime) -> int: ...


_revocations: list[Revocation] = []


def register_credential(revoke: Revocation) -> Revocation:
    """Name a kind of credential by the function that ends it."""
    _revocations.append(revoke)
    return revoke


def revoke_credentials(user: User, *, now: dt.datetime) -> int:
    """End every credential of a person but sessions and password; return how many there were."""
    return sum(revoke(user, now=now) for revoke in _revocations)
