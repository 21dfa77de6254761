"""What branches, or the levels above for them, have submitted for some sheets and months."""

import dataclasses
import datetime as dt
from collections.abc import Iterable

from django.db import connection
from django.utils import timezone

from redcross.branches.models import Branch
from redcross.completeness.choices import ObligationStatus
from redcross.uploads.choices import PROCESSING_STATES, REVIEW_STATES, UploadOrigin, UploadState
from redcross.uploads.models import Upload

_COVERING_SQL = """
SELECT id, sheet, code, first_month, last_month, submitted_at
FROM completeness_covering(%s, %s, %s, %s)
"""
# A county does not see its prefecture's uploads: the database function returns which sheets
# and months are effective, and nothing else.


@dataclasses.dataclass(frozen=True, slots=True)
class Submission:
    """An upload as far as it counts for obligations."""

    pk: int
    branch: str
    """Code of the branch that uploaded."""
    first: dt.date
    last: dt.date
    status: ObligationStatus
    submitted_on: dt.date | None

    def covers(self, branch: Branch, month: dt.date) -> bool:
        """Return whether it fulfils the branch's obligation for a period that ends in `month`.

        An upload counts for its own branch; an effective one of a level above (`COVERED`)
        counts for the branches below.
        """
        if not self.first <= month <= self.last or not branch.code.startswith(self.branch):
            return False
        return (self.status is ObligationStatus.COVERED) != (self.branch == branch.code)


def load_submissions(
    branches: Iterable[Branch], sheets: set[str], first: dt.date, last: dt.date
) -> dict[str, list[Submission]]:
    """Return by sheet what was submitted for months between `first` and `last`."""
    submissions: dict[str, list[Submission]] = {}
    codes = {branch.pk: branch.code for branch in branches}
    uploads = (
        Upload.objects.filter(
            sheet__in=sheets, branch__in=list(codes), first_month__lte=last, last_month__gte=first
        )
        .exclude(state__in=[UploadState.UNDONE, UploadState.WITHDRAWN])
        .values_list(
            "pk", "sheet", "branch_id", "state", "origin", "first_month", "last_month",
            "submitted_at",
        )
        .order_by("pk")
    )  # fmt: skip
    for pk, sheet, branch_id, state, origin, start, end, at in uploads:
        status = status_of_upload(state, origin)
        submissions.setdefault(sheet, []).append(
            Submission(pk, codes[branch_id], start, end, status, at and timezone.localdate(at))
        )
    prefectures = sorted({code[:4] for code in codes.values() if len(code) > 4})
    with connection.cursor() as cursor:
        cursor.execute(_COVERING_SQL, [prefectures, sorted(sheets), first, last])
        for pk, sheet, code, start, end, at in cursor.fetchall():
            covered_on = at and timezone.localdate(at)
            submissions.setdefault(sheet, []).append(
                Submission(pk, code, start, end, ObligationStatus.COVERED, covered_on)
            )
    return submissions


def status_of_upload(state: str, origin: str) -> ObligationStatus:
    """Return the status of an obligation that an upload in this state fulfils."""
    if state == UploadState.EFFECTIVE:
        return ObligationStatus.ZERO if origin == UploadOrigin.ZERO else ObligationStatus.EFFECTIVE
    if state in REVIEW_STATES or state == UploadState.LOADING:
        return ObligationStatus.WAITING
    if state == UploadState.RETURNED:
        return ObligationStatus.RETURNED
    return ObligationStatus.OPEN if state not in PROCESSING_STATES else ObligationStatus.WAITING
