"""The database scope: which branches' rows a transaction may see.

Row-level security reads `redcross.scope`, a comma-separated list of branch ids. It is set
LOCAL, so that it ends with the transaction and a pooled connection does not keep it. Without
a scope PostgreSQL shows no branch-owned row.
"""

import contextlib
from collections.abc import Callable, Iterable, Iterator

from django.conf import settings
from django.contrib.auth.models import AnonymousUser
from django.db import DatabaseError, connection, transaction

from redcross.accounts.models import User
from redcross.branches.tree import get_tree
from redcross.logs import request_id

SCOPE = "redcross.scope"
ACTOR = "redcross.actor"
REQUEST = "redcross.request"
_APPLICATION_NAME = "redcross"
VAULT = "redcross.vault"
EVERY_BRANCH = "*"


def _branch_ids(user: User | AnonymousUser) -> tuple[int, ...]:
    return user.open_branch_ids() if user.is_authenticated else ()


@contextlib.contextmanager
def acting_for(user: User | AnonymousUser, *, durable: bool = False) -> Iterator[None]:
    """Open a transaction in which the branches of this user are visible, and no others."""
    with _scope(lambda: _branch_ids(user), f"user:{user.pk or 0}", durable=durable):
        yield


@contextlib.contextmanager
def acting_as_system(reason: str, *, durable: bool = False) -> Iterator[None]:
    """Open a transaction that sees every branch, for the named reason."""
    with _scope(lambda: tuple(get_tree().by_id), f"system:{reason}", durable=durable):
        yield


@contextlib.contextmanager
def _scope(branches: Callable[[], tuple[int, ...]], actor: str, *, durable: bool) -> Iterator[None]:
    """Set scope and actor for one transaction; restore those of an outer one."""
    with transaction.atomic(durable=durable), connection.cursor() as cursor:
        ids = ",".join(map(str, branches()))
        cursor.execute(
            "SELECT current_user, current_setting(%s, true), current_setting(%s, true)",
            [SCOPE, ACTOR],
        )
        role, outer_scope, outer_actor = cursor.fetchone()
        _set(cursor, ids, actor)
        if role != settings.APPLICATION_ROLE:
            cursor.execute(f'SET LOCAL ROLE "{settings.APPLICATION_ROLE}"')
        yield
        if not connection.needs_rollback:
            _set(cursor, outer_scope or "", outer_actor or "")
            if role != settings.APPLICATION_ROLE:
                cursor.execute(f'SET LOCAL ROLE "{role}"')


def _set(cursor: object, scope: str, actor: str) -> None:
    # The request id appears in pg_stat_activity and, through %a, in the log of the server.
    number = request_id()
    cursor.execute(  # type: ignore[attr-defined]
        "SELECT set_config(%s, %s, true), set_config(%s, %s, true), set_config(%s, %s, true),"
        " set_config('application_name', %s, true)",
        [SCOPE, scope, ACTOR, actor, REQUEST, number, f"{_APPLICATION_NAME} {number}".strip()],
    )


@contextlib.contextmanager
def vault_scope(branches: Iterable[int] | None = None) -> Iterator[None]:
    """Make the vault's rows of these branches visible, of the whole scope if `branches` is None.

    None is for the import pipeline, which writes rows and shows none. For a user the caller
    has checked that he opened the vault of his branch, with a reason and for a time.
    """
    value = EVERY_BRANCH if branches is None else ",".join(map(str, branches))
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_setting(%s, true)", [VAULT])
        previous = cursor.fetchone()[0] or ""
        cursor.execute("SELECT set_config(%s, %s, true)", [VAULT, value])
    try:
        yield
    except DatabaseError:
        raise  # the transaction is aborted, and the setting with it
    except BaseException:
        _restore_vault(previous)
        raise
    _restore_vault(previous)


def _restore_vault(previous: str) -> None:
    if not connection.needs_rollback:
        with connection.cursor() as cursor:
            cursor.execute("SELECT set_config(%s, %s, true)", [VAULT, previous])
