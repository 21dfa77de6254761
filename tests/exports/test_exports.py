"""The export gateway: marks, passwords, access log, expiry of everything that leaves the portal."""

import datetime as dt
import io
import shutil
import subprocess
import zipfile
from pathlib import Path

import openpyxl
import pytest
from allauth.mfa.totp.internal import auth as totp
from django.http import HttpResponse
from django.urls import reverse
from django.utils import timezone
from openpyxl.utils.escape import unescape

from donations.models import Donation
from redcross.accounts.choices import Role
from redcross.accounts.models import SafetySettings
from redcross.audit.choices import Act
from redcross.audit.models import AccessEntry
from redcross.exports import services
from redcross.exports.choices import ExportState
from redcross.exports.middleware import FileExportMiddleware, UnguardedFileError
from redcross.exports.models import Export
from redcross.files import FORMULA_PREFIXES, Sensitivity, escape_formula, file_response
from redcross.files.passwords import (
    decrypt_office_file,
    encrypt_office_file,
    generate_password,
    is_encrypted,
    is_strong,
)
from redcross.files.workbooks import MARK_SHEET_TITLE, ExportWorkbook, add_mark
from redcross.uploads.models import Upload
from redcross.uploads.workflow import check
from redcross.uploads.workflow.creation import create_upload
from tests.support.export_page import download_with_password, read_protected_file
from tests.support.gift_ledger import (
    create_checked_upload,
    create_effective_upload,
    ledger_workbook,
)

pytestmark = pytest.mark.django_db

MARK_LINE = "示例（user）于2022年02月22日 17:00导出"
ROSTER = "姓名 性别 身份证号 培训日期 培训类型 期次 对象类别 理论成绩 操作成绩 是否合格"
PERSON = ("张示例", "男", "", "2021-08-02", "救护员", "8月班", "机关", 90, "合格", "合格")


def open_workbook(content):
    return openpyxl.load_workbook(io.BytesIO(content))


@pytest.fixture
def roster_upload(pipeline):
    """A roster with a personal column, of a county."""
    return pipeline.checked("training.roster", ROSTER, PERSON, code="5301")


@pytest.fixture
def colleague(person):
    """Another clerk of the province, who may read the workbook but did not upload it."""
    return person(Role.STATISTICIAN, "53")


def download(page, upload, kind="annotated"):
    return page.get(reverse("upload-download", kwargs={"pk": upload.pk, "kind": kind}))


# The mark ---------------------------------------------------------------------------


def test_marked_workbook_keeps_charts_comments_and_cells():
    book = ExportWorkbook()
    sheet = book.add_worksheet("数据")
    sheet.write_row(0, 0, ["类别", 1, 2])
    sheet.write_comment(0, 0, "说明")
    chart = book.add_chart({"type": "bar"})
    chart.add_series({"values": ["数据", 0, 1, 0, 2]})
    sheet.insert_chart(3, 0, chart)
    before = book.content()

    after = add_mark(before, MARK_LINE)

    names = set(zipfile.ZipFile(io.BytesIO(after)).namelist())
    assert set(zipfile.ZipFile(io.BytesIO(before)).namelist()) < names
    read = open_workbook(after)
    assert read.sheetnames == ["数据", MARK_SHEET_TITLE]
    assert read["数据"].oddFooter.left.text == MARK_LINE
    assert read["数据"]["A1"].comment.text == "说明"
    assert [row[0].value for row in read[MARK_SHEET_TITLE].rows][1] == MARK_LINE


def test_workbook_marked_twice_has_one_mark(roster_upload):
    book = ExportWorkbook()
    book.add_worksheet("数据").write(0, 0, 1)

    twice = add_mark(add_mark(book.content(), "first"), MARK_LINE)

    assert open_workbook(twice).sheetnames == ["数据", MARK_SHEET_TITLE]
    assert open_workbook(twice)[MARK_SHEET_TITLE]["A2"].value == MARK_LINE


@pytest.mark.skipif(not shutil.which("soffice"), reason="LibreOffice is not here")
def test_marked_workbook_opens_in_libreoffice(tmp_path):
    book = ExportWorkbook()
    book.add_worksheet("数据").write_row(0, 0, ["=1+1", 2])
    (tmp_path / "marked.xlsx").write_bytes(add_mark(book.content(), MARK_LINE))

    subprocess.run(
        ["soffice", f"-env:UserInstallation=file://{tmp_path}/office", "--headless", "--convert-to", "csv", "--outdir", tmp_path, tmp_path / "marked.xlsx"],
        check=True, capture_output=True, timeout=120,
    )  # fmt: skip

    assert (tmp_path / "marked.csv").read_text().strip() == "=1+1,2"


def test_board_export_is_marked_with_the_readers_name(person, signed_in):
    leader = person(Role.LEADER, "53")
    page = signed_in(leader)

    book = page.get(reverse("board-export", kwargs={"key": "overview", "form": "xlsx"}))
    paper = page.get(reverse("board-export", kwargs={"key": "overview", "form": "pdf"}))

    assert leader.username in open_workbook(book.content)[MARK_SHEET_TITLE]["A2"].value
    assert paper.content.startswith(b"%PDF")
    plain = page.get(reverse("blank", kwargs={"key": "donations.ledger"}))
    assert MARK_SHEET_TITLE not in open_workbook(plain.content).sheetnames


def test_export_log_entry_names_file_and_row_count(clerk, reviewer, branch, now, signed_in):
    create_effective_upload(clerk, reviewer, branch("5301"), ledger_workbook(1, 2, 3), now=now)

    signed_in(clerk).get(reverse("disclosure"), {"branch": "5301", "period": "2021-08"})

    entry = AccessEntry.objects.get(act=Act.EXPORT)
    assert (entry.file, entry.rows, entry.branch_code) == ("disclosure.xlsx", 3, "5301")
    assert len(entry.request) == 32


def test_page_sending_a_file_outside_the_export_gateway_fails(rf, clerk):
    request = rf.get("/")
    request.resolver_match = None
    door = FileExportMiddleware(
        lambda _: HttpResponse(b"x", headers={"Content-Disposition": "attachment"})
    )

    with pytest.raises(UnguardedFileError):
        door(request)


# Texts that stay texts --------------------------------------------------------------


@pytest.mark.parametrize("sign", FORMULA_PREFIXES)
def test_export_writes_formula_like_text_as_text(sign):
    text = f"{sign}HYPERLINK(1)"
    book = ExportWorkbook()
    sheet = book.add_worksheet("数据")
    bold = book.add_format({"bold": True})
    sheet.write(0, 0, text)
    sheet.write_string(0, 1, text, bold)
    sheet.write(0, 2, -12.5)

    cells = open_workbook(book.content())["数据"][1]

    assert [cell.data_type for cell in cells] == ["s", "s", "n"]
    assert [cell.quotePrefix for cell in cells[:2]] == [True, True]
    assert [unescape(cell.value) for cell in cells[:2]] == [text, text]
    assert cells[2].value == -12.5
    assert cells[1].font.bold
    assert not cells[0].font.bold
    assert escape_formula(text) == f"'{text}"
    assert escape_formula(-12.5) == -12.5


# Passwords --------------------------------------------------------------------------


def test_generated_passwords_are_strong_and_distinct():
    passwords = {generate_password() for _ in range(200)}

    assert len(passwords) == 200
    assert all(is_strong(password) for password in passwords)
    assert not is_strong("abcdefghij12")
    assert not is_strong("Abc-123")


def test_protected_file_opens_with_its_password_only():
    book = ExportWorkbook()
    book.add_worksheet("数据").write(0, 0, "张示例")
    content = encrypt_office_file(book.content(), "Abcdef-123456")

    assert is_encrypted(content)
    assert "张示例".encode() not in content
    assert decrypt_office_file(content, "Abcdef-123457") is None
    assert (
        open_workbook(decrypt_office_file(content, "Abcdef-123456"))["数据"]["A1"].value == "张示例"
    )


def test_personal_file_is_exported_under_a_password(colleague, signed_in, roster_upload):
    page = signed_in(colleague)

    answer = download_with_password(page, download(page, roster_upload))

    assert is_encrypted(answer.content)
    assert (
        MARK_SHEET_TITLE
        in open_workbook(decrypt_office_file(answer.content, "Abcdef-123456")).sheetnames
    )
    entry = AccessEntry.objects.get(act=Act.EXPORT)
    assert (entry.rows, entry.branch_code) == (1, "5301")
    entries = str(list(AccessEntry.objects.values_list()))
    assert "Abcdef" not in entries


@pytest.mark.parametrize("kind", ["annotated", "bad-rows"])
def test_own_upload_is_downloaded_marked_and_logged_without_password(
    kind, pipeline, signed_in, roster_upload
):
    answer = download(signed_in(pipeline.clerk), roster_upload, kind)

    assert answer.status_code == 200
    book = open_workbook(answer.content)
    assert pipeline.clerk.username in book[MARK_SHEET_TITLE]["A2"].value
    assert not Export.objects.exists()
    entry = AccessEntry.objects.get(act=Act.EXPORT)
    assert (entry.user_id, entry.rows, entry.branch_code) == (pipeline.clerk.pk, 1, "5301")
    assert entry.file.endswith(".xlsx")


@pytest.mark.parametrize("kind", ["annotated", "bad-rows"])
@pytest.mark.parametrize(
    ("role", "code"),
    [(Role.STATISTICIAN, "53"), (Role.STATISTICIAN, "5301"), (Role.REVIEWER, "53"), (Role.DESK, "53")],
)  # fmt: skip
def test_upload_of_another_user_is_downloaded_with_password_only(
    kind, role, code, person, signed_in, roster_upload
):
    page = signed_in(person(role, code))

    answer = download_with_password(page, download(page, roster_upload, kind))

    assert is_encrypted(answer.content)


def test_reassigned_upload_is_downloaded_with_password_only(
    pipeline, signed_in, roster_upload, colleague
):
    Upload.objects.filter(pk=roster_upload.pk).update(uploaded_by=colleague)
    page = signed_in(colleague)

    assert is_encrypted(download_with_password(page, download(page, roster_upload)).content)


def test_original_file_is_downloaded_with_password_by_everybody(pipeline, signed_in, roster_upload):
    page = signed_in(pipeline.clerk)
    address = reverse("upload-original", kwargs={"pk": roster_upload.pk})
    page.post(address, {"reason": "核对票据"})

    assert is_encrypted(download_with_password(page, page.get(address, {"file": "1"})).content)


def test_export_with_weak_password_is_refused(colleague, signed_in, roster_upload):
    page = signed_in(colleague)

    answer = download_with_password(page, download(page, roster_upload), password="12345678")

    assert answer.status_code == 302
    assert "密码不够强" in page.get(answer.url).content.decode()


def test_export_page_offers_a_strong_password_and_stores_none(colleague, signed_in, roster_upload):
    page = signed_in(colleague)
    address = download(page, roster_upload).url

    first, second = (page.get(address) for _ in range(2))

    assert is_strong(first.context["password"])
    assert first.context["password"] != second.context["password"]
    assert first["Cache-Control"].startswith("max-age=0")
    assert Export.objects.get().password is None


def test_protected_export_uploaded_again_is_opened_with_its_password(
    pipeline, signed_in, roster_upload, now, colleague
):
    page = signed_in(colleague)
    content = download_with_password(page, download(page, roster_upload)).content

    again = create_upload(
        colleague, sheet="training.roster", branch=roster_upload.branch, period=roster_upload.period,
        content=content, filename="批注本.xlsx", now=now,
    )  # fmt: skip

    checked = check.check_upload(again.pk, user=colleague, now=now)
    assert (checked.rows, checked.errors) == (roster_upload.rows, roster_upload.errors)


def test_export_uploaded_again_changes_nothing(pipeline, signed_in, now, colleague):
    upload = pipeline.effective(
        "donations.ledger", "捐赠人 类型 金额（元） 到账日期 票据号码",
        ("云岭示例公司", "单位", 100, "2021-08-01", "1"),
    )  # fmt: skip
    page = signed_in(colleague)
    content = read_protected_file(page, download(page, upload))

    again = create_checked_upload(pipeline.clerk, upload.branch, content, now=now)

    assert MARK_SHEET_TITLE in open_workbook(content).sheetnames
    assert (again.rows, again.errors) == (1, 0)
    assert again.changes["unchanged"] == 1


def test_personal_file_is_refused_to_api_tokens(rf, clerk, settings):
    request = rf.get("/")
    request.user, request.api_token = clerk, object()
    door = FileExportMiddleware(
        lambda _: file_response(b"PK", "x.xlsx", sensitivity=Sensitivity.PERSONAL)
    )

    assert door(request).status_code == 409


# Whose, and how long ------------------------------------------------------------------


@pytest.fixture
def own_export(colleague, signed_in, roster_upload):
    download(signed_in(colleague), roster_upload)
    return Export.objects.get()


@pytest.mark.parametrize("role", [Role.STATISTICIAN, Role.ADMINISTRATOR, Role.AUDITOR, Role.DESK])
def test_export_of_another_user_is_not_found(role, person, signed_in, own_export):
    page = signed_in(person(role, "53"))

    assert page.get(reverse("export", kwargs={"pk": own_export.pk})).status_code == 404
    address = reverse("export-file", kwargs={"pk": own_export.pk})
    assert page.post(address, {"password": "Abcdef-123456"}).status_code == 404
    assert own_export.name not in page.get(reverse("exports")).content.decode()


def test_stored_export_is_encrypted(own_export):
    with own_export.file.open("rb") as file:
        assert not file.read().startswith(b"PK")


def test_export_expires_after_its_lifetime(colleague, signed_in, own_export, time_machine):
    SafetySettings.objects.create(pk=1, export_hours=1)
    page = signed_in(colleague)
    path = Path(own_export.file.path)
    time_machine.move_to(own_export.expires_at + dt.timedelta(seconds=1))
    page = signed_in(colleague)

    address = reverse("export-file", kwargs={"pk": own_export.pk})
    late = page.post(address, {"password": "Abcdef-123456"})
    swept = services.expire_exports(now=timezone.now())

    own_export.refresh_from_db()
    assert late.status_code == 302
    assert (swept, own_export.state, own_export.file.name, own_export.password) == (
        1,
        ExportState.EXPIRED,
        "",
        None,
    )
    assert not path.exists()
    assert (
        "已过期删除" in page.get(reverse("export", kwargs={"pk": own_export.pk})).content.decode()
    )


def test_export_lifetime_follows_the_setting(colleague, signed_in, roster_upload):
    SafetySettings.objects.create(pk=1, export_hours=5)

    download(signed_in(colleague), roster_upload)

    export = Export.objects.get()
    assert export.expires_at - export.created_at == dt.timedelta(hours=5)


# By a worker ----------------------------------------------------------------------------


def test_long_list_export_is_made_by_a_worker(
    clerk, reviewer, branch, now, signed_in, django_capture_on_commit_callbacks
):
    create_effective_upload(clerk, reviewer, branch("5301"), ledger_workbook(1, 2, 3), now=now)
    SafetySettings.objects.create(pk=1, export_rows_at_once=2)
    page = signed_in(clerk)

    with django_capture_on_commit_callbacks(execute=True):
        answer = page.get(reverse("disclosure"), {"branch": "5301", "period": "2021-08"})

    made = Export.objects.get()
    assert answer.url == reverse("exports")
    assert (made.state, made.rows, made.user) == (ExportState.READY, 3, clerk)
    content = page.post(reverse("export-file", kwargs={"pk": made.pk})).content
    assert open_workbook(content).sheetnames == ["公示", MARK_SHEET_TITLE]


def test_export_by_worker_is_refused_when_the_role_has_ended(clerk, now):
    export = services.request_export(
        clerk, "donations.disclosure", "x.xlsx",
        parameters={"branch": "5303", "period": "2021-08"}, now=now,
    )  # fmt: skip

    services.generate_export(export.pk, now=now)

    export.refresh_from_db()
    assert (export.state, export.file.name) == (ExportState.FAILED, "")
    assert "请重新导出" in export.message


def test_unfinished_export_page_says_it_is_being_made(clerk, now):
    export = services.request_export(
        clerk, "donations.disclosure", "x.xlsx",
        parameters={"branch": "5301", "period": "2021-08"}, now=now,
    )  # fmt: skip

    services.expire_exports(now=now + services.ABANDONED_AFTER)

    export.refresh_from_db()
    assert export.state == ExportState.FAILED


@pytest.mark.parametrize("count", [1, 3])
def test_export_list_query_count_is_constant(
    clerk, signed_in, now, count, django_assert_num_queries
):
    for _ in range(count):
        services.request_export(
            clerk, "donations.disclosure", "x.xlsx",
            parameters={"branch": "5301", "period": "2021-08"}, now=now,
        )  # fmt: skip
    page = signed_in(clerk)

    page.get(reverse("exports"))  # what a process keeps is read before it is counted

    with django_assert_num_queries(13):
        answer = page.get(reverse("exports"))

    assert answer.context["page"].paginator.count == count


# The step up ------------------------------------------------------------------------------


def test_personal_export_of_the_province_requires_a_fresh_second_factor(
    person, signed_in, settings, pipeline, colleague
):
    upload = pipeline.checked("training.roster", ROSTER, PERSON, code="53")
    settings.SECOND_FACTOR = True
    page = signed_in(colleague)

    without = download(page, upload)
    assert without.url == reverse("mfa_activate_totp")

    secret = totp.generate_totp_secret()
    totp.TOTP.activate(colleague, secret)
    stale = download(page, upload)
    assert stale.url.startswith(reverse("mfa_reauthenticate"))
    assert "再输入一次验证码" in page.get(stale.url).content.decode()
    assert not Export.objects.exists()

    code = totp.format_hotp_value(
        totp.hotp_value(secret, next(totp.yield_hotp_counters_from_time()))
    )
    back = page.post(stale.url, {"code": code})
    assert back.url == reverse("upload-download", kwargs={"pk": upload.pk, "kind": "annotated"})
    assert download_with_password(page, page.get(back.url)).status_code == 200


def test_own_provincial_upload_download_requires_a_fresh_second_factor(
    pipeline, signed_in, settings
):
    upload = pipeline.checked("training.roster", ROSTER, PERSON, code="53")
    settings.SECOND_FACTOR = True

    answer = download(signed_in(pipeline.clerk), upload)

    assert answer.url == reverse("mfa_activate_totp")


def test_personal_export_of_a_county_requires_no_second_factor(
    colleague, signed_in, settings, roster_upload
):
    settings.SECOND_FACTOR = True
    page = signed_in(colleague)

    assert download_with_password(page, download(page, roster_upload)).status_code == 200
    assert Upload.objects.count() == 1
    assert not Donation.objects.exists()
