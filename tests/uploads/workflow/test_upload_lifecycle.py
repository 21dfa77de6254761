"""The lifecycle of an upload: checked, submitted, approved, effective, reverted, restored."""

import io
import zipfile
from decimal import Decimal

import pghistory
import pytest
from django.db.models import Sum

from donations.models import Donation, Giver
from redcross.accounts.choices import Role
from redcross.errors import RefusedError
from redcross.indicators.rollup import verify
from redcross.locks.services import grant_exception, lock_period
from redcross.periods import Period
from redcross.uploads.choices import UploadState
from redcross.uploads.models import Upload
from redcross.uploads.workflow import apply, creation, revert, services
from tests.support.gift_ledger import (
    create_checked_upload,
    create_effective_upload,
    create_upload,
    ledger_workbook,
)
from tests.support.workbooks import gift_workbook, write_xlsx

pytestmark = pytest.mark.django_db


@pytest.fixture
def kunming(branch):
    return branch("5301")


@pytest.fixture
def upload_to_effect(clerk, reviewer, kunming, now):
    return lambda content, **more: create_effective_upload(
        clerk, reviewer, kunming, content, now=now, **more
    )


def raised_total():
    return Donation.objects.aggregate(total=Sum("value"))["total"]


def rollup_is_exact():
    return all(cell.different == 0 for cell in verify(using="default"))


def test_approved_upload_becomes_rows_with_source_cells(upload_to_effect, kunming):
    upload = upload_to_effect(ledger_workbook(100, "200.50元"))

    rows = Donation.objects.order_by("upload_row")
    assert [(row.value, row.upload_row) for row in rows] == [
        (Decimal("100.00"), 3),
        (Decimal("200.50"), 4),
    ]
    assert {row.upload for row in rows} == {upload}
    assert upload.changes == {
        "new": 2, "changed": 0, "unchanged": 0, "missing": 0, "edited_by_hand": 0,
    }  # fmt: skip
    assert rollup_is_exact()


def test_upload_writes_no_rows_before_approval(clerk, kunming, now):
    upload = create_checked_upload(clerk, kunming, ledger_workbook(1), now=now)
    services.submit(upload.pk, user=clerk, now=now)

    assert Donation.objects.count() == 0


def test_upload_with_errors_is_blocked_or_passes_good_rows_on_request(
    clerk, reviewer, kunming, now
):
    content = gift_workbook(("示例甲", 1, "2021-08-01", "A"), ("示例乙", "六万", "2021-08-02", "B"))
    upload = create_checked_upload(clerk, kunming, content, now=now)

    assert upload.state == UploadState.HAS_ERRORS
    with pytest.raises(RefusedError):
        services.submit(upload.pk, user=clerk, now=now)

    services.set_options(upload.pk, user=clerk, accept_good_rows=True, delete_missing=False)
    services.submit(upload.pk, user=clerk, now=now, note="一行待改")
    services.approve(upload.pk, user=reviewer, now=now)
    apply.apply_upload(upload.pk, now=now)
    assert raised_total() == Decimal("1.00")


def test_empty_file_is_refused_with_its_name(clerk, kunming, now):
    upload = create_checked_upload(clerk, kunming, b"", now=now)

    assert (upload.state, upload.code) == (UploadState.FAILED, "file.empty")


def change_zip_part(content, part, old, new):
    """Rewrite a part of a zipped workbook."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as before, zipfile.ZipFile(buffer, "w") as after:
        for name in before.namelist():
            part_content = before.read(name)
            if name == part:
                part_content = part_content.replace(old.encode(), new.encode())
            after.writestr(name, part_content)
    return buffer.getvalue()


LINES = [
    ["捐赠人", "金额", "到账日期", "栏<目"],
    *[["示例", "1", "2021-08-08", ""]] * 300,
    ["示例<", "一<百", "不<知", ""],
]


@pytest.mark.parametrize(
    "content",
    [
        "\n".join(map(",".join, LINES)).replace("<", "\0").encode("utf-16"),
        change_zip_part(write_xlsx(LINES), "xl/sharedStrings.xml", "&lt;", "_x0000_"),
    ],
    ids=["csv", "xlsx"],
)
def test_check_with_unstorable_character_succeeds(content, clerk, kunming, now):
    upload = create_checked_upload(clerk, kunming, content, now=now)

    assert (upload.state, upload.rows) == (UploadState.HAS_ERRORS, 301)
    assert set(upload.findings.values_list("value", flat=True)) >= {"一百", "不知", "栏目"}


@pytest.mark.parametrize("name", ["长" * 500, "一&#1;月"])
def test_worksheet_with_any_name_is_stored(name, clerk, kunming, now):
    content = write_xlsx([["捐赠人", "金额", "到账日期"], ["示例", "x", "2021-08-08"]], name="名称")

    upload = create_checked_upload(
        clerk, kunming, change_zip_part(content, "xl/workbook.xml", "名称", name), now=now
    )

    assert upload.state == UploadState.HAS_ERRORS
    (worksheet,) = set(upload.findings.values_list("worksheet", flat=True))
    assert worksheet.isprintable()
    assert len(worksheet) <= 100


def test_same_rows_uploaded_again_change_nothing_and_keep_first_upload(upload_to_effect):
    first = upload_to_effect(ledger_workbook(1, 2))

    again = upload_to_effect(ledger_workbook(1, 2) + b" ")

    assert again.changes["unchanged"] == 2
    assert set(Donation.objects.values_list("upload_id", flat=True)) == {first.pk}


def test_changed_cell_updates_its_row_only(upload_to_effect):
    upload_to_effect(ledger_workbook(1, 2))

    again = upload_to_effect(ledger_workbook(1, 5))

    assert (again.changes["changed"], again.changes["unchanged"]) == (1, 1)
    assert raised_total() == Decimal(6)
    assert rollup_is_exact()


def test_reverted_upload_restores_changed_rows_and_deletes_new_rows(upload_to_effect, clerk, now):
    first = upload_to_effect(ledger_workbook(1, 2))
    second = upload_to_effect(ledger_workbook(1, 5, 7))

    undone = revert.revert_upload(second.pk, user=clerk, now=now)

    assert (undone.restored, undone.deleted, undone.kept_rows) == (1, 1, ())
    assert raised_total() == Decimal(3)
    assert set(Donation.objects.values_list("upload_id", flat=True)) == {first.pk}
    assert rollup_is_exact()

    revert.restore_upload(second.pk, user=clerk, now=now)
    assert raised_total() == Decimal(13)
    assert rollup_is_exact()


def test_revert_is_refused_when_a_later_upload_depends_on_it(upload_to_effect, clerk, now):
    first = upload_to_effect(ledger_workbook(1))
    second = upload_to_effect(ledger_workbook(2, tickets="U"))

    with pytest.raises(RefusedError, match=str(second.pk)):
        revert.revert_upload(first.pk, user=clerk, now=now)


def test_row_corrected_by_hand_is_kept_by_revert_and_shown_in_the_next_diff(
    upload_to_effect, clerk, kunming, now
):
    upload = upload_to_effect(ledger_workbook(1, 2))
    row = Donation.objects.get(value=2)
    row.value = Decimal(3)
    with pghistory.context(by="desk"):
        row.save()

    again = create_checked_upload(clerk, kunming, ledger_workbook(1, 2) + b" ", now=now)
    assert again.changes["edited_by_hand"] == 1
    undone = revert.revert_upload(upload.pk, user=clerk, now=now)
    assert [(gift.pk, undone.deleted) for gift in undone.kept_rows] == [(row.pk, 1)]


def test_replace_mode_deletes_missing_rows_only_when_confirmed(
    upload_to_effect, clerk, kunming, now
):
    upload_to_effect(ledger_workbook(1, 2))
    second = upload_to_effect(ledger_workbook(1) + b" ", mode="replace")
    assert second.changes["missing"] == 1
    assert Donation.objects.count() == 2

    upload = create_checked_upload(
        clerk, kunming, ledger_workbook(1) + b"  ", now=now, mode="replace"
    )
    services.set_options(upload.pk, user=clerk, accept_good_rows=False, delete_missing=True)
    services.submit(upload.pk, user=clerk, now=now)
    upload.refresh_from_db()
    assert upload.delete_missing


def test_equal_gifts_without_ticket_are_separate_rows(upload_to_effect):
    rows = [("爱心人士", 100, "2021-08-01", None)] * 3

    upload_to_effect(gift_workbook(*rows))
    again = upload_to_effect(gift_workbook(*rows, *rows[:1]))

    assert Donation.objects.count() == 4
    assert again.changes["new"] == 1


def test_prefecture_upload_covers_its_counties(upload_to_effect):
    content = gift_workbook(
        ("五华区", "示例甲", 1, "2021-08-01"),
        (None, "示例乙", 2, "2021-08-01"),
        ("本级", "示例丙", 3, "2021-08-01"),
        headings=("单位", "捐赠人", "金额", "日期"),
    )

    upload_to_effect(content)

    codes = Donation.objects.order_by("upload_row").values_list("branch__code", flat=True)
    assert list(codes) == ["530102", "530102", "5301"]


def test_unpriced_goods_gift_is_counted_separately(upload_to_effect):
    content = gift_workbook(
        ("示例公司", "口罩", "198只", None, "2021-08-01", "不标价"),
        headings=("捐赠单位", "品名", "数量", "金额", "日期", "计价依据"),
    )

    upload_to_effect(content)

    gift = Donation.objects.get()
    assert (gift.form, gift.value, gift.quantity) == ("GOODS", None, Decimal(198))


def test_organisation_giver_is_created_once_and_removed_with_its_gifts(
    upload_to_effect, clerk, now
):
    rows = [
        ("示例公司", 1, "2021-08-01", "A"),
        ("示例公司", 2, "2021-08-02", "B"),
        ("张示例", 3, "2021-08-02", "C"),
    ]
    upload = upload_to_effect(gift_workbook(*rows))

    giver = Giver.objects.get()
    assert (giver.name, giver.kind, giver.donations.count()) == ("示例公司", "ORGANISATION", 2)

    revert.revert_upload(upload.pk, user=clerk, now=now)
    assert Giver.objects.count() == 0


def test_refund_without_reason_and_original_gift_is_an_error(clerk, kunming, now):
    headings = ("捐赠人", "金额", "日期", "退款原因", "被冲销的原票据号")
    bare = gift_workbook(("示例", -5, "2021-08-01", None, None), headings=headings)
    content = gift_workbook(("示例", -5, "2021-08-01", "重复付款", "T0"), headings=headings)

    assert create_checked_upload(clerk, kunming, bare, now=now).code == "refund.reason_missing"
    assert create_checked_upload(clerk, kunming, content, now=now).state == UploadState.READY


def test_duplicate_file_is_refused(clerk, kunming, now):
    create_checked_upload(clerk, kunming, ledger_workbook(1), now=now)

    with pytest.raises(RefusedError) as caught:
        create_upload(clerk, kunming, ledger_workbook(1), now=now)
    assert caught.value.code == "upload.duplicate"


def test_approval_of_own_upload_or_by_another_branch_is_refused(person, kunming, now):
    both = person(Role.STATISTICIAN, "5301")
    peer = person(Role.REVIEWER, "5301")
    upload = create_checked_upload(both, kunming, ledger_workbook(1), now=now)
    services.submit(upload.pk, user=both, now=now)

    for user in (both, peer):
        with pytest.raises(RefusedError):
            services.approve(upload.pk, user=user, now=now)


def test_upload_for_a_branch_outside_the_subtree_is_refused(person, branch, now):
    stranger = person(Role.STATISTICIAN, "5303")

    with pytest.raises(RefusedError) as caught:
        create_upload(stranger, branch("5301"), ledger_workbook(1), now=now)
    assert caught.value.code == "branch.outside"


def test_returned_upload_requires_a_reason_and_keeps_cell_remarks(clerk, reviewer, kunming, now):
    upload = create_checked_upload(clerk, kunming, ledger_workbook(1), now=now)
    services.submit(upload.pk, user=clerk, now=now)

    with pytest.raises(RefusedError):
        services.return_upload(upload.pk, user=reviewer, now=now, remark=" ")
    services.return_upload(
        upload.pk, user=reviewer, now=now, remark="请核对", cells=[("明细", "b3", "票据不符")]
    )

    upload.refresh_from_db()
    assert upload.state == UploadState.RETURNED
    assert [(remark.cell, remark.text) for remark in upload.remarks.all()] == [("B3", "票据不符")]


def test_upload_with_locked_period_is_refused_until_unlocked_for_the_branch(
    clerk, reviewer, person, kunming, branch, now
):
    desk = person(Role.DESK, "53")
    lock = lock_period("donations", branch("53"), Period.parse("2021"), user=desk, now=now)

    with pytest.raises(RefusedError) as caught:
        create_upload(clerk, kunming, ledger_workbook(1), now=now)
    assert caught.value.code == "period.locked"

    later = now.replace(year=now.year + 10)
    grant_exception(lock, kunming, until=later, user=desk, reason="补报")
    create_effective_upload(clerk, reviewer, kunming, ledger_workbook(1), now=now)
    assert Donation.objects.count() == 1


def test_load_of_a_period_locked_after_approval_is_refused(
    clerk, reviewer, person, kunming, branch, now
):
    upload = create_checked_upload(clerk, kunming, ledger_workbook(1), now=now)
    services.submit(upload.pk, user=clerk, now=now)
    services.approve(upload.pk, user=reviewer, now=now)
    desk = person(Role.DESK, "53")
    lock_period("donations", branch("53"), Period.parse("2021"), user=desk, now=now)

    with pytest.raises(RefusedError) as caught:
        apply.apply_upload(upload.pk, now=now)

    assert caught.value.code == "period.locked"
    assert Donation.objects.count() == 0
    upload.refresh_from_db()
    assert upload.state == UploadState.FAILED


def test_load_called_twice_writes_rows_once(upload_to_effect, now):
    upload = upload_to_effect(ledger_workbook(1))

    assert apply.apply_upload(upload.pk, now=now).inserted == 0
    assert Donation.objects.count() == 1


def test_approval_with_data_changed_since_review_requires_another_review(
    upload_to_effect, clerk, reviewer, kunming, now
):
    waiting = create_checked_upload(clerk, kunming, ledger_workbook(1, 2) + b" ", now=now)
    services.submit(waiting.pk, user=clerk, now=now)
    upload_to_effect(ledger_workbook(1, 9))
    services.approve(waiting.pk, user=reviewer, now=now)

    loaded = apply.apply_upload(waiting.pk, now=now)

    assert loaded.needs_rereview
    assert loaded.upload.state == UploadState.SUBMITTED
    assert raised_total() == Decimal(10)


def test_zero_report_is_a_valid_upload_without_rows(clerk, reviewer, kunming, now):
    upload = creation.create_upload(
        clerk, sheet="donations.ledger", branch=kunming, period=Period.parse("2021-08"),
        content=b"", filename="零报告", origin="ZERO", now=now,
    )  # fmt: skip
    from redcross.uploads.workflow import check

    check.check_upload(upload.pk, user=clerk, now=now)
    services.submit(upload.pk, user=clerk, now=now)
    services.approve(upload.pk, user=reviewer, now=now)
    assert apply.apply_upload(upload.pk, now=now).upload.state == UploadState.EFFECTIVE


def test_typed_rows_pass_the_same_pipeline(clerk, kunming, now):
    from redcross.uploads.workflow import check

    rows = [{"giver_name": "示例", "value": "12.5", "received_on": "2021-08-01"}]
    upload = creation.create_typed_upload(
        clerk, sheet="donations.ledger", branch=kunming, period=Period.parse("2021-08"),
        rows=rows, now=now,
    )  # fmt: skip

    checked = check.check_upload(upload.pk, user=clerk, now=now)

    assert (checked.state, checked.accepted) == (UploadState.READY, 1)


def test_unreadable_file_fails_with_its_name_and_is_kept(clerk, kunming, now):
    upload = create_checked_upload(clerk, kunming, b"%PDF-1.4", now=now)

    assert (upload.state, upload.code) == (UploadState.FAILED, "file.not_a_workbook")
    assert Upload.objects.filter(pk=upload.pk).exists()


def test_upload_attachments_are_encrypted(clerk, kunming, now):
    content = gift_workbook(("张示例名", 1, "2021-08-01", "T"))
    upload = create_checked_upload(clerk, kunming, content, now=now)

    for field in (upload.file, upload.rows_file, upload.findings_file):
        with field.open("rb") as file:
            stored = file.read()
        assert content not in stored
        assert "张示例名".encode() not in stored


def test_personal_values_are_encrypted_in_the_table(upload_to_effect):
    content = gift_workbook(
        ("示例", 1, "2021-08-01", "13800001234"), headings=("捐赠人", "金额", "日期", "联系电话")
    )

    upload_to_effect(content)

    gift = Donation.objects.get()
    assert gift.phone == "13800001234"
    stored = Donation.objects.extra(select={"raw": "encode(phone, 'escape')"}).get().raw
    assert "13800001234" not in stored


def test_wide_workbook_keeps_unknown_headers_by_name(clerk, kunming, now):
    content = write_xlsx(
        [["捐赠人", "金额", "日期", "经办科室"], ["示例", 1, "2021-08-01", "一科"]]
    )

    upload = create_checked_upload(clerk, kunming, content, now=now)

    assert upload.tables[0]["unknown"] == ["经办科室"]
    assert upload.state == UploadState.READY


def test_same_rows_with_other_filename_and_order_are_recognised(clerk, reviewer, branch, now):
    create_effective_upload(
        clerk, reviewer, branch("5301"), ledger_workbook(100, 200, 300), now=now
    )
    rows = [("示例2", 300, "2021-08-08", "T2"), ("示例0", 100, "2021-08-08", "T0")]
    rows.append(("示例1", 200, "2021-08-08", "T1"))

    again = create_checked_upload(clerk, branch("5301"), gift_workbook(*rows), now=now)
    changed = create_checked_upload(clerk, branch("5301"), ledger_workbook(100, 200, 301), now=now)

    assert "upload.same_rows" in set(again.findings.values_list("code", flat=True))
    assert again.state == UploadState.READY
    assert "upload.same_rows" not in set(changed.findings.values_list("code", flat=True))
