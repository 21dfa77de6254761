"""Writing the access log, and finding whether anybody changed it."""

import dataclasses

from django.db import connections, transaction
from django.utils import timezone

from redcross.accounts.models import User
from redcross.audit.choices import Act
from redcross.audit.models import AccessEntry
from redcross.logs import request_id

# Must say the same as the trigger that seals (see the last migration).
SEALED_COLUMNS_SQL = (
    "concat_ws('|', id, extract(epoch FROM at), user_id, username, host(address), act, what,"
    " branch_code, reason, status, 'file=' || file, 'rows=' || rows, 'request=' || request)"
)


@dataclasses.dataclass(frozen=True, slots=True)
class ChainVerification:
    """What a walk along the chain found."""

    entries: int
    broken: list[int]
    """Numbers of the entries that do not follow from those before them."""
    last: str
    """The digest of the last entry, in hexadecimal: noted elsewhere, it shows a cut-off end."""


def write_entry(
    user: User | None,
    act: Act,
    what: str,
    *,
    username: str = "",
    address: str | None = None,
    branch_code: str = "",
    reason: str = "",
    status: int = 200,
    file: str = "",
    rows: int | None = None,
) -> None:
    """Add one entry, in a transaction of its own where none is open."""
    with transaction.atomic():
        AccessEntry.objects.create(
            at=timezone.now(),
            user=user,
            username=_clean_text(username or (user.username if user else ""), 150),
            address=address or None,
            act=act,
            what=_clean_text(what, 300),
            branch_code=_clean_text(branch_code, 12),
            reason=_clean_text(reason, 200),
            status=status,
            file=_clean_text(file, 200) or None,
            rows=rows,
            request=request_id() or None,
        )


def _clean_text(text: str, max_length: int) -> str:
    """Return what a visitor sent as PostgreSQL can keep it: a NUL is no character there."""
    return text.replace("\x00", "␀")[:max_length]


def verify_chain(*, using: str) -> ChainVerification:
    """Walk along the whole chain."""
    with connections[using].cursor() as cursor:
        cursor.execute(
            "SELECT count(*), coalesce(array_agg(id ORDER BY id) FILTER (WHERE digest <> whole),"
            " '{}') FROM (SELECT id, digest,"
            " sha256(coalesce(lag(digest) OVER (ORDER BY id), '\\x'::bytea)"
            f" || convert_to({SEALED_COLUMNS_SQL}, 'UTF8')) AS whole FROM audit_accessentry) each"
        )
        entries, broken = cursor.fetchone()
        cursor.execute(
            "SELECT encode(digest, 'hex') FROM audit_accessentry ORDER BY id DESC LIMIT 1"
        )
        last = cursor.fetchone()
    return ChainVerification(entries, list(broken), last[0] if last else "")
