"""What uploads declare to `redcross.locks`: guarded tables and the impact of a lock."""

from collections.abc import Iterator

from django.db.models import Sum

from redcross.branches.models import Branch
from redcross.locks.declaration import GuardedTable, LockImpact, guarded_tables, impact_counters
from redcross.periods import Period
from redcross.uploads.choices import OPEN_STATES, REVIEW_STATES, UploadState
from redcross.uploads.models import Upload
from redcross.uploads.registry import registry


@guarded_tables.add
def list_dated_tables() -> Iterator[GuardedTable]:
    """Yield the table of every sheet with a date column."""
    for sheet in registry.values():
        if sheet.dated_by is not None:
            meta = sheet.model._meta
            column = meta.get_field(sheet.dated_by).column  # type: ignore[union-attr]
            yield GuardedTable(meta.db_table, sheet.domain, str(column))


@impact_counters.add
def count_uploads(domain: str, branch: Branch, period: Period) -> LockImpact:
    """Count the uploads of one domain, or of all (""), in the months of a subtree."""
    uploads = Upload.objects.under(branch).filter(
        first_month__lte=period.last, last_month__gte=period.start
    )
    if domain:
        uploads = uploads.filter(sheet__startswith=f"{domain}.")
    effective = uploads.filter(state=UploadState.EFFECTIVE)
    return LockImpact(
        effective=effective.count(),
        rows=effective.aggregate(total=Sum("accepted"))["total"] or 0,
        waiting=uploads.filter(state__in=REVIEW_STATES).count(),
        in_work=uploads.filter(state__in=OPEN_STATES - {UploadState.WITHDRAWN}).count(),
    )
