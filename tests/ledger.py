"""Walking a small ledger of gifts along the road in tests."""

from redcross.periods import Period
from redcross.uploads.choices import State
from redcross.uploads.workflow import apply, check, services
from tests.workbooks import gifts


def receive(user, branch, content, *, now, period="2021-08", mode=None, sheet="donations.ledger"):
    return services.receive(
        user,
        sheet=sheet,
        branch=branch,
        period=Period.parse(period),
        content=content,
        filename="明细.xlsx",
        mode=mode,
        now=now,
    )


def ready(user, branch, content, *, now, **more):
    upload = receive(user, branch, content, now=now, **more)
    return check.check(upload.pk, user=user, now=now)


def effective(user, reviewer, branch, content, *, now, **more):
    """Walk a workbook to the end; fail where it does not get there."""
    upload = ready(user, branch, content, now=now, **more)
    assert upload.state == State.READY, upload.message
    services.submit(upload.pk, user=user, now=now, note="说明")
    services.approve(upload.pk, user=reviewer, now=now, then=lambda _: None)
    loaded = apply.load(upload.pk, now=now)
    return loaded.upload


def ledger(*amounts, day="2021-08-08", tickets="T"):
    """Write a gift for each amount, each with its own ticket."""
    rows = [
        (f"示例{number}", amount, day, f"{tickets}{number}")
        for number, amount in enumerate(amounts)
    ]
    return gifts(*rows)
