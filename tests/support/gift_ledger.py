"""Uploads of a small ledger of gifts, up to any state."""

from redcross.periods import Period
from redcross.uploads.choices import UploadState
from redcross.uploads.workflow import apply, check, creation, services
from tests.support.workbooks import gift_workbook


def create_upload(
    user, branch, content, *, now, period="2021-08", mode=None, sheet="donations.ledger"
):
    return creation.create_upload(
        user,
        sheet=sheet,
        branch=branch,
        period=Period.parse(period),
        content=content,
        filename="明细.xlsx",
        mode=mode,
        now=now,
    )


def create_checked_upload(user, branch, content, *, now, **more):
    upload = create_upload(user, branch, content, now=now, **more)
    return check.check_upload(upload.pk, user=user, now=now)


def create_effective_upload(user, reviewer, branch, content, *, now, **more):
    """Upload, submit, approve and load a workbook; fail where its check has errors."""
    upload = create_checked_upload(user, branch, content, now=now, **more)
    assert upload.state == UploadState.READY, upload.message
    services.submit(upload.pk, user=user, now=now, note="说明")
    services.approve(upload.pk, user=reviewer, now=now)
    loaded = apply.apply_upload(upload.pk, now=now)
    return loaded.upload


def ledger_workbook(*amounts, day="2021-08-08", tickets="T"):
    """Return a workbook with one gift for each amount, each with its own ticket."""
    rows = [
        (f"示例{number}", amount, day, f"{tickets}{number}")
        for number, amount in enumerate(amounts)
    ]
    return gift_workbook(*rows)
