"""Obligations: calendars, due rules, exemptions, lifetimes of branches, 零报告, 代报, occasions."""

import datetime as dt

import pytest

from redcross.accounts.choices import Role
from redcross.accounts.scope import acting_for
from redcross.branches.choices import Level
from redcross.branches.models import Branch
from redcross.completeness.choices import ObligationStatus
from redcross.completeness.models import DueRule, Exemption, Occasion
from redcross.completeness.obligations import exemptions
from redcross.completeness.obligations.evaluate import list_obligations
from redcross.completeness.obligations.quality import measure_quality
from redcross.errors import RefusedError
from redcross.periods import Period
from redcross.uploads.choices import UploadOrigin
from redcross.uploads.registry import registry
from redcross.uploads.schema.schedule import Due, HalfYearly
from redcross.uploads.workflow import apply, check, creation
from redcross.uploads.workflow import services as uploads
from tests.conftest import NOW
from tests.support.gift_ledger import (
    create_checked_upload,
    create_effective_upload,
    ledger_workbook,
)

pytestmark = pytest.mark.django_db

LEDGER = "donations.ledger"


@pytest.fixture
def branch_obligations(branch):
    """Return the obligations of a branch for one sheet and period."""

    def ask(code, period="2021-08", *, sheet=LEDGER, today="2021-09-20"):
        items = list_obligations(
            [branch(code)], Period.parse(period), today=dt.date.fromisoformat(today)
        )
        return [obligation for obligation in items if obligation.sheet.key == sheet]

    return ask


def test_due_day_on_a_holiday_moves_to_the_next_working_day_by_default(branch_obligations):
    # 5 February 2022 lies in the Spring Festival.
    assert branch_obligations("530102", "2022-01")[0].due_on == dt.date(2022, 2, 7)

    DueRule.objects.create(sheet=LEDGER, on_holiday="STAYS")

    assert branch_obligations("530102", "2022-01")[0].due_on == dt.date(2022, 2, 5)


def test_obligation_before_its_opening_is_not_late_and_cannot_be_urged(branch_obligations):
    obligation = branch_obligations("5301", "2021-08", today="2021-08-31")[0]

    assert (obligation.status, obligation.is_outstanding, obligation.on_time) == (
        ObligationStatus.NOT_OPEN,
        False,
        None,
    )


def test_obligations_cover_every_calendar_ending_in_the_period(branch_obligations, monkeypatch):
    sheet = registry[LEDGER]
    monkeypatch.setattr(type(sheet), "due", [*sheet.due, Due(Level.PREFECTURE, HalfYearly(day=15))])

    items = branch_obligations("5301", "2021H1", today="2021-08-01")

    assert [obligation.period.label for obligation in items] == [
        "2021年1月", "2021年2月", "2021年3月", "2021年4月", "2021年5月", "2021年6月", "2021年上半年",
    ]  # fmt: skip
    assert items[-1].due_on == dt.date(2021, 7, 15)


def test_period_before_the_first_month_has_no_due_day(branch_obligations):
    DueRule.objects.filter(sheet="").update(since=dt.date(2021, 8, 1))

    assert branch_obligations("5301", "2021-07") == []
    assert len(branch_obligations("5301", "2021-08")) == 1


def test_zero_report_fulfils_the_obligation(branch_obligations, clerk, reviewer, branch, now):
    upload = creation.create_upload(
        clerk, sheet=LEDGER, branch=branch("5301"), period=Period.parse("2021-08"),
        content=b"", filename="零报告", origin=UploadOrigin.ZERO, now=now,
    )  # fmt: skip
    check.check_upload(upload.pk, user=clerk, now=now)
    uploads.submit(upload.pk, user=clerk, now=now)
    uploads.approve(upload.pk, user=reviewer, now=now)
    apply.apply_upload(upload.pk, now=now)

    assert [obligation.status for obligation in branch_obligations("5301")] == [
        ObligationStatus.ZERO
    ]


def test_county_sees_report_by_its_prefecture_without_the_upload(
    clerk, reviewer, person, branch, now, branch_obligations
):
    create_effective_upload(clerk, reviewer, branch("5301"), ledger_workbook(1), now=now)

    with acting_for(person(Role.STATISTICIAN, "530102")):
        mine = branch_obligations("530102")
    with acting_for(person(Role.STATISTICIAN, "530302")):
        foreign = branch_obligations("530302")

    assert [obligation.status for obligation in mine] == [ObligationStatus.COVERED]
    assert [obligation.status for obligation in foreign] == [ObligationStatus.LATE]


def test_exemption_covers_lower_branches_with_reason_and_is_revoked(
    branch_obligations, reviewer, branch, now
):
    made = exemptions.grant_exemption(
        branch("5301"), Period.parse("2021-07..2021-09"), user=reviewer, reason="机构合并",
        now=now, with_below=True,
    )  # fmt: skip
    below = branch_obligations("530102")[0]
    assert (below.status, below.note, below.on_time) == (
        ObligationStatus.EXEMPT,
        "机构合并",
        None,
    )
    assert branch_obligations("530102", "2021-10")[0].status is ObligationStatus.NOT_OPEN

    exemptions.revoke_exemption(made, user=reviewer, now=now)

    assert branch_obligations("530102")[0].status is ObligationStatus.LATE
    assert Exemption.objects.get().revoked_by == reviewer
    with pytest.raises(RefusedError, match="已撤销"):
        exemptions.revoke_exemption(made, user=reviewer, now=now)


def test_exemption_by_other_than_the_level_above_or_without_reason_is_refused(
    person, branch, reviewer, now
):
    period = Period.parse("2021-08")
    with pytest.raises(RefusedError, match="上一级"):
        exemptions.grant_exemption(
            branch("5301"), period, user=person(Role.REVIEWER, "5301"), reason="忙", now=now
        )
    with pytest.raises(RefusedError, match="原因"):
        exemptions.grant_exemption(branch("5301"), period, user=reviewer, reason=" ", now=now)

    assert not Exemption.objects.exists()


def test_branch_outside_its_lifetime_has_no_obligations(branch_obligations):
    Branch.objects.filter(code="5301").update(
        opened_on=dt.date(2021, 8, 15), closed_on=dt.date(2021, 10, 31)
    )

    months = [
        obligation.period.last.month
        for obligation in branch_obligations("5301", "2021", today="2022-02-22")
    ]

    assert months == [8, 9]


def test_occasion_creates_one_obligation_below_its_branch(branch_obligations, branch):
    Occasion.objects.create(
        title="漾濞地震", sheet="relief.needs", branch=branch("5329"), level=Level.COUNTY,
        month=dt.date(2021, 5, 1), due_on=dt.date(2021, 5, 23),
    )  # fmt: skip

    items = branch_obligations("532922", "2021-05", sheet="relief.needs")

    # The 23rd was a Sunday.
    assert [(obligation.note, obligation.due_on) for obligation in items] == [
        ("漾濞地震", dt.date(2021, 5, 24))
    ]
    assert branch_obligations("530102", "2021-05", sheet="relief.needs") == []


def test_quality_counts_uploads_in_time_and_without_errors_at_first(clerk, reviewer, branch, now):
    early = dt.datetime(2021, 9, 3, 2, tzinfo=dt.UTC)
    create_effective_upload(clerk, reviewer, branch("5301"), ledger_workbook(1), now=early)
    twice = create_checked_upload(
        clerk, branch("5301"), ledger_workbook(2, day="2021-07-08"), now=NOW, period="2021-07"
    )
    uploads.submit(twice.pk, user=clerk, now=NOW)
    uploads.return_upload(twice.pk, user=reviewer, now=NOW, remark="请核对")
    create_effective_upload(
        clerk, reviewer, branch("5301"), ledger_workbook(3, day="2021-07-08", tickets="U"), now=NOW,
        period="2021-07",
    )  # fmt: skip
    period = Period.parse("2021-07..2021-08")
    items = [
        obligation
        for obligation in list_obligations([branch("5301")], period, today=dt.date(2022, 2, 22))
        if obligation.sheet.key == LEDGER
    ]

    summary = measure_quality([branch("5301")], items, period)[0]

    assert (summary.due, summary.submitted, summary.late, summary.returned) == (2, 2, 0, 1)
    assert (summary.on_time_share, summary.first_pass_share) == (50, 50)
