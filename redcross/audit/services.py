"""Writing the access log and verifying its chain of digests."""

import dataclasses

from django.db import connections, transaction
from django.utils import timezone

from redcross.accounts.models import User
from redcross.audit.choices import Act
from redcross.audit.models import AccessEntry
from redcross.logs import request_id

# Must match the trigger that computes the digest (see the last migration).
SEALED_COLUMNS_SQL = (
    "concat_ws('|', id, extract(epoch FROM at), user_id, username, host(address), act, what,"
    " branch_code, reason, status, 'file=' || file, 'rows=' || rows, 'request=' || request)"
)


@dataclasses.dataclass(frozen=True, slots=True)
class ChainVerification:
    """The result of a verification."""

    entries: int
    broken: list[int]
    """Numbers of the entries whose digest does not match."""
    last: str
    """The digest of the last entry, in hexadecimal; a copy elsewhere reveals removed entries."""


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
    """Add one entry."""
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
    """Return a visitor's text as PostgreSQL can store it: shortened, without NUL."""
    return text.replace("\x00", "␀")[:max_length]


def verify_chain(*, using: str) -> ChainVerification:
    """Verify the digests of all entries."""
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
