"""我要报送: dropped files are recognised, corrected, checked and submitted on one page."""

import datetime as dt

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from django.utils import timezone

from redcross.accounts.choices import Role
from redcross.uploads import tasks
from redcross.uploads.choices import DroppedFileState, UploadState
from redcross.uploads.intake import dropped_files
from redcross.uploads.models import DroppedFile, Upload
from tests.support.gift_ledger import ledger_workbook
from tests.support.workbooks import gift_workbook, write_xlsx

pytestmark = pytest.mark.django_db

NEW = "/uploads/new/"


class DraftsPage:
    """A browser whose background tasks are done before its next request."""

    def __init__(self, client, committing):
        self.client, self.committing = client, committing

    def get(self, address, arguments=None):
        return self.client.get(address, arguments)

    def post(self, address, arguments=None):
        with self.committing(execute=True):
            answer = self.client.post(address, arguments or {})
        return self.client.get(answer["Location"]) if answer.status_code == 302 else answer


@pytest.fixture
def open_page(signed_in, django_capture_on_commit_callbacks):
    return lambda user: DraftsPage(signed_in(user), django_capture_on_commit_callbacks)


@pytest.fixture
def page(clerk, open_page):
    return open_page(clerk)


def drop_files(page, *files, **hint):
    """Drop files given as (name, content); return the page afterwards."""
    sent = [SimpleUploadedFile(name, content) for name, content in files]
    form = {f"for-{name}": value for name, value in hint.items()}
    return page.post(NEW, {"files": sent, **form}).content.decode()


def card_form(dropped_file, **changes):
    """Return what the card of a dropped file posts."""
    values = {
        "sheet": dropped_file.sheet, "months": dropped_file.months, "branch": dropped_file.reporting_branch_id or "", "mode": "",
    } | changes  # fmt: skip
    return {f"{name}-{dropped_file.pk}": value for name, value in values.items()}


def gift_content(name="示例甲", ticket="T1"):
    return gift_workbook((name, 100, "2021-08-01", ticket))


def test_dropped_file_with_too_many_tables_is_refused(page):
    heading, line = "捐赠人,金额," * 500, "甲,1," * 500

    text = drop_files(page, ("公示.csv", "\n".join([heading, line] * 5).encode()))

    assert "表头过多" in text
    assert DroppedFile.objects.get().state == DroppedFileState.UNREADABLE


def test_dropped_ledger_is_recognised_checked_and_submitted_without_input(page):
    drop_files(page, ("昆明市2021年8月捐赠明细.xlsx", ledger_workbook(60000, 40000)))
    dropped_file = DroppedFile.objects.get()
    assert (dropped_file.sheet, dropped_file.months, dropped_file.reporting_branch.code) == (
        "donations.ledger",
        "2021-08",
        "5301",
    )

    page.post(reverse("parcels-start"), card_form(dropped_file))
    assert Upload.objects.latest("pk").state == UploadState.READY
    text = page.post(reverse("parcels-hand-over")).content.decode()

    upload = Upload.objects.latest("pk")
    assert (upload.state, upload.accepted) == (UploadState.SUBMITTED, 2)
    assert "已提交 1 份" in text
    assert upload.file.name == dropped_file.file.name


def test_corrected_draft_keeps_the_correction_and_new_sheet_guesses_anew(page):
    drop_files(page, ("昆明市2021年8月捐赠明细.xlsx", gift_content()))
    dropped_file = DroppedFile.objects.get()

    answer = page.post(
        reverse("parcel", kwargs={"pk": dropped_file.pk}),
        card_form(dropped_file, months="2021-09", mode="replace"),
    )
    dropped_file.refresh_from_db()

    assert (dropped_file.months, dropped_file.mode) == ("2021-09", "replace")
    assert "2021年9月" in answer.content.decode()


def test_twenty_dropped_files_each_end_in_a_message_and_none_is_lost(page):
    good = [(f"昆明市2021年8月捐赠{n}.xlsx", gift_content(ticket=f"T{n}")) for n in range(16)]
    odd = [
        ("空.xlsx", b""),
        ("照片.xlsx", b"\x89PNG\r\n\x1a\n" + b"0" * 100),
        ("坏.xlsx", b"PK\x03\x04" + b"0" * 100),
        ("菜单.xlsx", write_xlsx([["菜名", "价格"], ["米线", 12]])),
    ]

    text = drop_files(page, *good, *odd)

    states = {draft.filename: (draft.state, draft.code) for draft in DroppedFile.objects.all()}
    assert len(states) == 20
    assert states["空.xlsx"] == (DroppedFileState.UNREADABLE, "file.empty")
    assert states["照片.xlsx"] == (DroppedFileState.UNREADABLE, "file.not_a_workbook")
    assert states["坏.xlsx"] == (DroppedFileState.UNREADABLE, "file.damaged")
    assert states["菜单.xlsx"] == (DroppedFileState.GUESSED, "")
    assert "没有找到任何一张报表的表头" in text
    assert "文件是空的" in text
    assert "开始检查（17 份）" in text


def test_file_dropped_twice_is_kept_once_with_a_message(page):
    text = drop_files(page, ("一.xlsx", gift_content()), ("二.xlsx", gift_content()))

    assert "与已放入的“一.xlsx”是同一个文件" in text
    assert DroppedFile.objects.count() == 1


def test_previously_uploaded_file_is_announced_on_drop_and_refused_on_start(page):
    drop_files(page, ("一.xlsx", gift_content()))
    page.post(reverse("parcels-start"), card_form(DroppedFile.objects.get()))
    first = Upload.objects.latest("pk")

    text = drop_files(page, ("又一份.xlsx", gift_content()))
    again = DroppedFile.objects.get(state=DroppedFileState.GUESSED)
    refused = page.post(reverse("parcels-start"), card_form(again)).content.decode()

    assert f"批次 {first.pk}" in text
    assert "同一文件已上传过" in text
    again.refresh_from_db()
    assert (again.state, again.code) == (DroppedFileState.GUESSED, "upload.duplicate")
    assert again.message in refused


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"sheet": ""}, "请先选择这是哪一张报表。"),
        ({"branch": ""}, "请先选择填报单位。"),
        ({"months": "上个月"}, "无法识别报告期“上个月”"),
    ],
)
def test_draft_with_missing_options_asks_for_them_and_is_kept(page, changes, sentence):
    drop_files(page, ("一.xlsx", gift_content()))
    dropped_file = DroppedFile.objects.get()

    text = page.post(reverse("parcels-start"), card_form(dropped_file, **changes)).content.decode()

    assert sentence in text
    assert DroppedFile.objects.get().state == DroppedFileState.GUESSED
    assert Upload.objects.filter(filename="一.xlsx").count() == 0


def test_forbidden_sheet_is_neither_guessed_nor_offered(person, open_page):
    page = open_page(person(Role.DESK, "53", domain="training"))

    text = drop_files(page, ("捐赠.xlsx", gift_content()))

    assert DroppedFile.objects.get().sheet == ""
    assert "您没有填报这张表的权限" in text
    assert 'value="donations.ledger"' not in text.partition("没有表格")[0]


def test_ambiguous_file_is_taken_for_the_requested_sheet(page):
    silent = gift_workbook(
        ("示例甲", 100, "", "A"), headings=("捐赠人", "金额（元）", "到账日期", "票据号码")
    )

    text = drop_files(
        page, ("表.xlsx", silent), sheet="donations.ledger", period="2021-11", branch="530102"
    )

    dropped_file = DroppedFile.objects.get()
    assert (dropped_file.months, dropped_file.reporting_branch.code) == ("2021-11", "530102")
    assert "我要报送：《捐赠款物明细表》2021年11月" in text


def test_draft_of_another_user_is_not_found(page, person, open_page):
    drop_files(page, ("一.xlsx", gift_content()))
    dropped_file = DroppedFile.objects.get()
    other = open_page(person(Role.STATISTICIAN, "5301"))

    for name in ("parcel", "parcel-drop"):
        assert other.post(reverse(name, kwargs={"pk": dropped_file.pk})).status_code == 404
    assert "一.xlsx" not in other.get(NEW).content.decode()


def test_discarded_draft_leaves_no_file(page):
    drop_files(page, ("一.xlsx", gift_content()))
    dropped_file = DroppedFile.objects.get()
    assert dropped_file.file.storage.exists(dropped_file.file.name)

    page.post(reverse("parcel-drop", kwargs={"pk": dropped_file.pk}))

    assert not DroppedFile.objects.exists()
    assert not dropped_file.file.storage.exists(dropped_file.file.name)


def test_unconfirmed_draft_is_deleted_after_a_week_and_unread_draft_is_queued_again(
    page, django_capture_on_commit_callbacks
):
    drop_files(page, ("一.xlsx", gift_content()), ("二.xlsx", gift_content(name="示例乙")))
    old, stuck = DroppedFile.objects.order_by("pk")
    DroppedFile.objects.filter(pk=old.pk).update(
        updated_at=old.updated_at - dropped_files.UNCONFIRMED_LIFETIME * 2
    )
    ago = stuck.updated_at - dt.timedelta(minutes=10)
    DroppedFile.objects.filter(pk=stuck.pk).update(state=DroppedFileState.OPENING, updated_at=ago)

    with django_capture_on_commit_callbacks(execute=True):
        tasks.requeue_stalled_work(now=timezone.now())

    assert [(draft.pk, draft.state) for draft in DroppedFile.objects.all()] == [
        (stuck.pk, DroppedFileState.GUESSED)
    ]


def test_draft_polling_returns_cards_in_progress_and_stops_when_done(page):
    drop_files(page, ("一.xlsx", gift_content()), ("二.xlsx", gift_content(name="示例乙")))
    first = DroppedFile.objects.order_by("pk").first()
    DroppedFile.objects.filter(pk=first.pk).update(state=DroppedFileState.OPENING)

    working = page.get(reverse("parcels-pulse"), {"was": str(first.pk)}).content.decode()
    DroppedFile.objects.filter(pk=first.pk).update(state=DroppedFileState.GUESSED)
    done = page.get(reverse("parcels-pulse"), {"was": str(first.pk)}).content.decode()

    assert 'hx-trigger="every 1s"' in working
    assert "打开文件" in working
    assert "二.xlsx" not in working
    assert 'hx-trigger="every 1s"' not in done
    assert "开始检查（2 份）" in done


@pytest.mark.parametrize("count", [1, 3])
def test_drafts_page_query_count_is_constant(page, count, django_assert_num_queries):
    drop_files(page, *[(f"{n}.xlsx", gift_content(ticket=f"T{n}")) for n in range(count)])

    with django_assert_num_queries(QUERIES):
        answer = page.get(NEW)

    assert answer.content.decode().count('class="dropped-file"') == count


QUERIES = 17
