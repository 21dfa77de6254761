"""A workbook's way: checked, submitted, decided on, effective, taken back, brought back."""

import io
import zipfile
from decimal import Decimal

import pghistory
import pytest
from django.db.models import Sum

from donations.models import Donation, Giver
from redcross.accounts.choices import Role
from redcross.indicators.rollup import verify
from redcross.periods import Period
from redcross.uploads.choices import State
from redcross.uploads.models import Upload
from redcross.uploads.workflow import apply, services
from redcross.uploads.workflow.period_locks import lock_period, open_for
from redcross.uploads.workflow.services import RefusedError
from tests.ledger import effective, ledger, ready, receive
from tests.workbooks import gifts, xlsx

pytestmark = pytest.mark.django_db


@pytest.fixture
def kunming(branch):
    return branch("5301")


@pytest.fixture
def walk(clerk, reviewer, kunming, now):
    return lambda content, **more: effective(clerk, reviewer, kunming, content, now=now, **more)


def total():
    return Donation.objects.aggregate(total=Sum("value"))["total"]


def exact():
    return all(each.different == 0 for each in verify(using="default"))


def test_an_approved_ledger_becomes_rows_that_know_their_cells(walk, kunming):
    upload = walk(ledger(100, "200.50元"))

    rows = Donation.objects.order_by("upload_row")
    assert [(row.value, row.upload_row) for row in rows] == [
        (Decimal("100.00"), 3),
        (Decimal("200.50"), 4),
    ]
    assert {row.upload for row in rows} == {upload}
    assert upload.changes == {
        "new": 2, "changed": 0, "unchanged": 0, "missing": 0, "edited_by_hand": 0,
    }  # fmt: skip
    assert exact()


def test_nothing_is_written_before_the_level_above_approves(clerk, kunming, now):
    upload = ready(clerk, kunming, ledger(1), now=now)
    services.submit(upload.pk, user=clerk, now=now)

    assert Donation.objects.count() == 0


def test_errors_block_the_whole_and_good_rows_pass_on_request(clerk, reviewer, kunming, now):
    content = gifts(("示例甲", 1, "2021-08-01", "A"), ("示例乙", "六万", "2021-08-02", "B"))
    upload = ready(clerk, kunming, content, now=now)

    assert upload.state == State.HAS_ERRORS
    with pytest.raises(RefusedError):
        services.submit(upload.pk, user=clerk, now=now)

    services.choose(upload.pk, user=clerk, accept_good_rows=True, delete_missing=False)
    services.submit(upload.pk, user=clerk, now=now, note="一行待改")
    services.approve(upload.pk, user=reviewer, now=now, then=lambda _: None)
    apply.load(upload.pk, now=now)
    assert total() == Decimal("1.00")


def test_a_file_without_a_byte_ends_with_its_name(clerk, kunming, now):
    upload = ready(clerk, kunming, b"", now=now)

    assert (upload.state, upload.code) == (State.FAILED, "file.empty")


def changed(content, part, old, new):
    """Rewrite a part of a zipped workbook."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as before, zipfile.ZipFile(buffer, "w") as after:
        for name in before.namelist():
            kept = before.read(name)
            after.writestr(name, kept.replace(old.encode(), new.encode()) if name == part else kept)
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
        changed(xlsx(LINES), "xl/sharedStrings.xml", "&lt;", "_x0000_"),
    ],
    ids=["csv", "xlsx"],
)
def test_a_character_no_database_keeps_does_not_stop_a_check(content, clerk, kunming, now):
    upload = ready(clerk, kunming, content, now=now)

    assert (upload.state, upload.rows) == (State.HAS_ERRORS, 301)
    assert set(upload.findings.values_list("value", flat=True)) >= {"一百", "不知", "栏目"}


@pytest.mark.parametrize("name", ["长" * 500, "一&#1;月"])
def test_any_name_of_a_worksheet_can_be_kept(name, clerk, kunming, now):
    content = xlsx([["捐赠人", "金额", "到账日期"], ["示例", "x", "2021-08-08"]], name="名称")

    upload = ready(clerk, kunming, changed(content, "xl/workbook.xml", "名称", name), now=now)

    assert upload.state == State.HAS_ERRORS
    (worksheet,) = set(upload.findings.values_list("worksheet", flat=True))
    assert worksheet.isprintable()
    assert len(worksheet) <= 100


def test_the_same_rows_again_change_nothing_and_keep_their_first_upload(walk):
    first = walk(ledger(1, 2))

    again = walk(ledger(1, 2) + b" ")

    assert again.changes["unchanged"] == 2
    assert set(Donation.objects.values_list("upload_id", flat=True)) == {first.pk}


def test_a_changed_cell_changes_its_row_alone(walk):
    walk(ledger(1, 2))

    again = walk(ledger(1, 5))

    assert (again.changes["changed"], again.changes["unchanged"]) == (1, 1)
    assert total() == Decimal(6)
    assert exact()


def test_undoing_restores_what_was_changed_and_deletes_what_was_brought(walk, clerk, now):
    first = walk(ledger(1, 2))
    second = walk(ledger(1, 5, 7))

    undone = apply.undo(second.pk, user=clerk, now=now)

    assert (undone.restored, undone.deleted, undone.kept) == (1, 1, ())
    assert total() == Decimal(3)
    assert set(Donation.objects.values_list("upload_id", flat=True)) == {first.pk}
    assert exact()

    apply.restore(second.pk, user=clerk, now=now)
    assert total() == Decimal(13)
    assert exact()


def test_an_upload_on_which_a_later_one_stands_is_not_undone_first(walk, clerk, now):
    first = walk(ledger(1))
    second = walk(ledger(2, tickets="U"))

    with pytest.raises(RefusedError, match=str(second.pk)):
        apply.undo(first.pk, user=clerk, now=now)


def test_a_row_corrected_by_hand_is_kept_by_undo_and_shown_by_the_next_comparison(
    walk, clerk, kunming, now
):
    upload = walk(ledger(1, 2))
    row = Donation.objects.get(value=2)
    row.value = Decimal(3)
    with pghistory.context(by="desk"):
        row.save()

    again = ready(clerk, kunming, ledger(1, 2) + b" ", now=now)
    assert again.changes["edited_by_hand"] == 1
    undone = apply.undo(upload.pk, user=clerk, now=now)
    assert [(kept.pk, undone.deleted) for kept in undone.kept] == [(row.pk, 1)]


def test_replacing_deletes_what_is_missing_only_when_a_person_ticks_it(walk, clerk, kunming, now):
    walk(ledger(1, 2))
    kept = walk(ledger(1) + b" ", mode="replace")
    assert kept.changes["missing"] == 1
    assert Donation.objects.count() == 2

    upload = ready(clerk, kunming, ledger(1) + b"  ", now=now, mode="replace")
    services.choose(upload.pk, user=clerk, accept_good_rows=False, delete_missing=True)
    services.submit(upload.pk, user=clerk, now=now)
    upload.refresh_from_db()
    assert upload.delete_missing


def test_equal_gifts_without_a_ticket_are_counted_each(walk):
    rows = [("爱心人士", 100, "2021-08-01", None)] * 3

    walk(gifts(*rows))
    again = walk(gifts(*rows, *rows[:1]))

    assert Donation.objects.count() == 4
    assert again.changes["new"] == 1


def test_a_prefecture_reports_for_its_counties_in_one_workbook(walk):
    content = gifts(
        ("五华区", "示例甲", 1, "2021-08-01"),
        (None, "示例乙", 2, "2021-08-01"),
        ("本级", "示例丙", 3, "2021-08-01"),
        headings=("单位", "捐赠人", "金额", "日期"),
    )

    walk(content)

    codes = Donation.objects.order_by("upload_row").values_list("branch__code", flat=True)
    assert list(codes) == ["530102", "530102", "5301"]


def test_a_gift_of_goods_without_a_price_is_counted_apart(walk):
    content = gifts(
        ("示例公司", "口罩", "198只", None, "2021-08-01", "不标价"),
        headings=("捐赠单位", "品名", "数量", "金额", "日期", "计价依据"),
    )

    walk(content)

    gift = Donation.objects.get()
    assert (gift.form, gift.value, gift.quantity) == ("GOODS", None, Decimal(198))


def test_an_organisation_is_a_giver_once_and_leaves_with_its_gifts(walk, clerk, now):
    rows = [
        ("示例公司", 1, "2021-08-01", "A"),
        ("示例公司", 2, "2021-08-02", "B"),
        ("张示例", 3, "2021-08-02", "C"),
    ]
    upload = walk(gifts(*rows))

    giver = Giver.objects.get()
    assert (giver.name, giver.kind, giver.donations.count()) == ("示例公司", "ORGANISATION", 2)

    apply.undo(upload.pk, user=clerk, now=now)
    assert Giver.objects.count() == 0


def test_a_refund_says_why_and_of_what(clerk, kunming, now):
    headings = ("捐赠人", "金额", "日期", "退款原因", "被冲销的原票据号")
    bare = gifts(("示例", -5, "2021-08-01", None, None), headings=headings)
    told = gifts(("示例", -5, "2021-08-01", "重复付款", "T0"), headings=headings)

    assert ready(clerk, kunming, bare, now=now).code == "refund.reason_missing"
    assert ready(clerk, kunming, told, now=now).state == State.READY


def test_the_same_file_twice_is_refused(clerk, kunming, now):
    ready(clerk, kunming, ledger(1), now=now)

    with pytest.raises(RefusedError) as caught:
        receive(clerk, kunming, ledger(1), now=now)
    assert caught.value.code == "upload.duplicate"


def test_nobody_approves_his_own_and_only_the_level_above_does(person, kunming, now):
    both = person(Role.STATISTICIAN, "5301")
    peer = person(Role.REVIEWER, "5301")
    upload = ready(both, kunming, ledger(1), now=now)
    services.submit(upload.pk, user=both, now=now)

    for user in (both, peer):
        with pytest.raises(RefusedError):
            services.approve(upload.pk, user=user, now=now, then=lambda _: None)


def test_a_stranger_to_the_subtree_hands_nothing_in(person, branch, now):
    stranger = person(Role.STATISTICIAN, "5303")

    with pytest.raises(RefusedError) as caught:
        receive(stranger, branch("5301"), ledger(1), now=now)
    assert caught.value.code == "branch.outside"


def test_returning_needs_a_reason_and_keeps_the_remark_on_its_cell(clerk, reviewer, kunming, now):
    upload = ready(clerk, kunming, ledger(1), now=now)
    services.submit(upload.pk, user=clerk, now=now)

    with pytest.raises(RefusedError):
        services.send_back(upload.pk, user=reviewer, now=now, remark=" ")
    services.send_back(
        upload.pk, user=reviewer, now=now, remark="请核对", cells=[("明细", "b3", "票据不符")]
    )

    upload.refresh_from_db()
    assert upload.state == State.RETURNED
    assert [(each.cell, each.text) for each in upload.remarks.all()] == [("B3", "票据不符")]


def test_a_locked_month_takes_nothing_until_it_is_opened_for_a_branch(
    clerk, reviewer, person, kunming, branch, now
):
    desk = person(Role.DESK, "53")
    lock = lock_period("donations", branch("53"), Period.parse("2021"), user=desk, now=now)

    with pytest.raises(RefusedError) as caught:
        receive(clerk, kunming, ledger(1), now=now)
    assert caught.value.code == "period.locked"

    later = now.replace(year=now.year + 10)
    open_for(lock, kunming, until=later, user=desk, reason="补报")
    effective(clerk, reviewer, kunming, ledger(1), now=now)
    assert Donation.objects.count() == 1


def test_a_month_locked_after_approval_stops_the_load_itself(
    clerk, reviewer, person, kunming, branch, now
):
    upload = ready(clerk, kunming, ledger(1), now=now)
    services.submit(upload.pk, user=clerk, now=now)
    services.approve(upload.pk, user=reviewer, now=now, then=lambda _: None)
    desk = person(Role.DESK, "53")
    lock_period("donations", branch("53"), Period.parse("2021"), user=desk, now=now)

    with pytest.raises(RefusedError) as caught:
        apply.load(upload.pk, now=now)

    assert caught.value.code == "period.locked"
    assert Donation.objects.count() == 0
    upload.refresh_from_db()
    assert upload.state == State.FAILED


def test_a_load_called_twice_loads_once(walk, now):
    upload = walk(ledger(1))

    assert apply.load(upload.pk, now=now).inserted == 0
    assert Donation.objects.count() == 1


def test_where_the_data_moved_since_the_review_it_is_looked_at_again(
    walk, clerk, reviewer, kunming, now
):
    waiting = ready(clerk, kunming, ledger(1, 2) + b" ", now=now)
    services.submit(waiting.pk, user=clerk, now=now)
    walk(ledger(1, 9))
    services.approve(waiting.pk, user=reviewer, now=now, then=lambda _: None)

    loaded = apply.load(waiting.pk, now=now)

    assert loaded.moved
    assert loaded.upload.state == State.SUBMITTED
    assert total() == Decimal(10)


def test_a_zero_report_is_a_valid_upload_without_rows(clerk, reviewer, kunming, now):
    upload = services.receive(
        clerk, sheet="donations.ledger", branch=kunming, period=Period.parse("2021-08"),
        content=b"", filename="零报告", origin="ZERO", now=now,
    )  # fmt: skip
    from redcross.uploads.workflow import check

    check.check(upload.pk, user=clerk, now=now)
    services.submit(upload.pk, user=clerk, now=now)
    services.approve(upload.pk, user=reviewer, now=now, then=lambda _: None)
    assert apply.load(upload.pk, now=now).upload.state == State.EFFECTIVE


def test_typed_rows_take_the_same_road(clerk, kunming, now):
    from redcross.uploads.workflow import check

    rows = [{"giver_name": "示例", "value": "12.5", "received_on": "2021-08-01"}]
    upload = services.receive_typed(
        clerk, sheet="donations.ledger", branch=kunming, period=Period.parse("2021-08"),
        rows=rows, now=now,
    )  # fmt: skip

    checked = check.check(upload.pk, user=clerk, now=now)

    assert (checked.state, checked.accepted) == (State.READY, 1)


def test_an_unreadable_file_fails_by_name_and_is_kept(clerk, kunming, now):
    upload = ready(clerk, kunming, b"%PDF-1.4", now=now)

    assert (upload.state, upload.code) == (State.FAILED, "file.not_a_workbook")
    assert Upload.objects.filter(pk=upload.pk).exists()


def test_files_beside_an_upload_are_sealed(clerk, kunming, now):
    content = gifts(("张示例名", 1, "2021-08-01", "T"))
    upload = ready(clerk, kunming, content, now=now)

    for field in (upload.file, upload.rows_file, upload.findings_file):
        with field.open("rb") as file:
            stored = file.read()
        assert content not in stored
        assert "张示例名".encode() not in stored


def test_personal_values_lie_encrypted_in_the_table(walk):
    content = gifts(
        ("示例", 1, "2021-08-01", "13800001234"), headings=("捐赠人", "金额", "日期", "联系电话")
    )

    walk(content)

    gift = Donation.objects.get()
    assert gift.phone == "13800001234"
    stored = Donation.objects.extra(select={"raw": "encode(phone, 'escape')"}).get().raw
    assert "13800001234" not in stored


def test_a_workbook_of_wide_xlsx_columns_keeps_unknown_headings_named(clerk, kunming, now):
    content = xlsx([["捐赠人", "金额", "日期", "经办科室"], ["示例", 1, "2021-08-01", "一科"]])

    upload = ready(clerk, kunming, content, now=now)

    assert upload.tables[0]["unknown"] == ["经办科室"]
    assert upload.state == State.READY


def test_the_same_rows_under_another_name_and_in_another_order_are_recognised(
    clerk, reviewer, branch, now
):
    effective(clerk, reviewer, branch("5301"), ledger(100, 200, 300), now=now)
    rows = [("示例2", 300, "2021-08-08", "T2"), ("示例0", 100, "2021-08-08", "T0")]
    rows.append(("示例1", 200, "2021-08-08", "T1"))

    again = ready(clerk, branch("5301"), gifts(*rows), now=now)
    changed = ready(clerk, branch("5301"), ledger(100, 200, 301), now=now)

    assert "upload.same_rows" in set(again.findings.values_list("code", flat=True))
    assert again.state == State.READY
    assert "upload.same_rows" not in set(changed.findings.values_list("code", flat=True))
