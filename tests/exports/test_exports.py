"""What leaves the portal goes by one door: marked, locked where it must be, logged, for a time."""

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
from redcross.exports.choices import State
from redcross.exports.middleware import LeavingMiddleware, UnguardedFileError
from redcross.exports.models import Export
from redcross.files import FORMULA, Holds, plain_text, sent
from redcross.files.passwords import is_locked, is_strong, locked, new_password, unlocked
from redcross.files.workbooks import INFORMATION, Book, marked
from redcross.uploads.models import Upload
from redcross.uploads.workflow import check
from redcross.uploads.workflow.services import receive
from tests.leaving import read, taken
from tests.ledger import effective, ledger, ready

pytestmark = pytest.mark.django_db

LINE = "示例（user）于2022年02月22日 17:00导出"
ROSTER = "姓名 性别 身份证号 培训日期 培训类型 期次 对象类别 理论成绩 操作成绩 是否合格"
PERSON = ("张示例", "男", "", "2021-08-02", "救护员", "8月班", "机关", 90, "合格", "合格")


def opened(content):
    return openpyxl.load_workbook(io.BytesIO(content))


@pytest.fixture
def roster(road):
    """A roster with a personal column, of a county."""
    return road.checked("training.roster", ROSTER, PERSON, code="5301")


@pytest.fixture
def colleague(person):
    """Another clerk of the province: he may have the workbook, and did not hand it in."""
    return person(Role.STATISTICIAN, "53")


def annotated(page, upload, kind="annotated"):
    return page.get(reverse("upload-download", kwargs={"pk": upload.pk, "kind": kind}))


# The mark ---------------------------------------------------------------------------


def test_a_marked_workbook_keeps_its_charts_comments_and_cells():
    book = Book()
    sheet = book.add_worksheet("数据")
    sheet.write_row(0, 0, ["类别", 1, 2])
    sheet.write_comment(0, 0, "说明")
    chart = book.add_chart({"type": "bar"})
    chart.add_series({"values": ["数据", 0, 1, 0, 2]})
    sheet.insert_chart(3, 0, chart)
    before = book.content()

    after = marked(before, LINE)

    names = set(zipfile.ZipFile(io.BytesIO(after)).namelist())
    assert set(zipfile.ZipFile(io.BytesIO(before)).namelist()) < names
    read = opened(after)
    assert read.sheetnames == ["数据", INFORMATION]
    assert read["数据"].oddFooter.left.text == LINE
    assert read["数据"]["A1"].comment.text == "说明"
    assert [row[0].value for row in read[INFORMATION].rows][1] == LINE


def test_a_workbook_that_comes_by_twice_has_one_mark(roster):
    book = Book()
    book.add_worksheet("数据").write(0, 0, 1)

    twice = marked(marked(book.content(), "first"), LINE)

    assert opened(twice).sheetnames == ["数据", INFORMATION]
    assert opened(twice)[INFORMATION]["A2"].value == LINE


@pytest.mark.skipif(not shutil.which("soffice"), reason="LibreOffice is not here")
def test_another_program_opens_what_was_marked(tmp_path):
    book = Book()
    book.add_worksheet("数据").write_row(0, 0, ["=1+1", 2])
    (tmp_path / "marked.xlsx").write_bytes(marked(book.content(), LINE))

    subprocess.run(
        ["soffice", f"-env:UserInstallation=file://{tmp_path}/office", "--headless", "--convert-to", "csv", "--outdir", tmp_path, tmp_path / "marked.xlsx"],
        check=True, capture_output=True, timeout=120,
    )  # fmt: skip

    assert (tmp_path / "marked.csv").read_text().strip() == "=1+1,2"


def test_a_board_leaves_with_the_name_of_who_took_it(person, signed_in):
    leader = person(Role.LEADER, "53")
    page = signed_in(leader)

    book = page.get(reverse("board-export", kwargs={"key": "overview", "form": "xlsx"}))
    paper = page.get(reverse("board-export", kwargs={"key": "overview", "form": "pdf"}))

    assert leader.username in opened(book.content)[INFORMATION]["A2"].value
    assert paper.content.startswith(b"%PDF")
    plain = page.get(reverse("blank", kwargs={"key": "donations.ledger"}))
    assert INFORMATION not in plain.content.decode(errors="ignore")


def test_the_log_tells_the_file_and_how_many_rows(clerk, reviewer, branch, now, signed_in):
    effective(clerk, reviewer, branch("5301"), ledger(1, 2, 3), now=now)

    signed_in(clerk).get(reverse("disclosure"), {"branch": "5301", "period": "2021-08"})

    entry = AccessEntry.objects.get(act=Act.EXPORT)
    assert (entry.file, entry.rows, entry.branch_code) == ("disclosure.xlsx", 3, "5301")
    assert len(entry.request) == 32


def test_a_page_that_sends_a_file_past_the_door_fails(rf, clerk):
    request = rf.get("/")
    request.resolver_match = None
    door = LeavingMiddleware(
        lambda _: HttpResponse(b"x", headers={"Content-Disposition": "attachment"})
    )

    with pytest.raises(UnguardedFileError):
        door(request)


# Texts that stay texts --------------------------------------------------------------


@pytest.mark.parametrize("sign", FORMULA)
def test_a_text_that_begins_like_a_formula_stays_text(sign):
    told = f"{sign}HYPERLINK(1)"
    book = Book()
    sheet = book.add_worksheet("数据")
    bold = book.add_format({"bold": True})
    sheet.write(0, 0, told)
    sheet.write_string(0, 1, told, bold)
    sheet.write(0, 2, -12.5)

    cells = opened(book.content())["数据"][1]

    assert [cell.data_type for cell in cells] == ["s", "s", "n"]
    assert [cell.quotePrefix for cell in cells[:2]] == [True, True]
    assert [unescape(cell.value) for cell in cells[:2]] == [told, told]
    assert cells[2].value == -12.5
    assert cells[1].font.bold
    assert not cells[0].font.bold
    assert plain_text(told) == f"'{told}"
    assert plain_text(-12.5) == -12.5


# Passwords --------------------------------------------------------------------------


def test_new_passwords_are_strong_and_never_twice_the_same():
    found = {new_password() for _ in range(200)}

    assert len(found) == 200
    assert all(is_strong(each) for each in found)
    assert not is_strong("abcdefghij12")
    assert not is_strong("Abc-123")


def test_a_locked_file_opens_with_its_password_alone():
    book = Book()
    book.add_worksheet("数据").write(0, 0, "张示例")
    content = locked(book.content(), "Abcdef-123456")

    assert is_locked(content)
    assert "张示例".encode() not in content
    assert unlocked(content, "Abcdef-123457") is None
    assert opened(unlocked(content, "Abcdef-123456"))["数据"]["A1"].value == "张示例"


def test_a_personal_file_leaves_under_a_password(colleague, signed_in, roster):
    page = signed_in(colleague)

    answer = taken(page, annotated(page, roster))

    assert is_locked(answer.content)
    assert INFORMATION in opened(unlocked(answer.content, "Abcdef-123456")).sheetnames
    entry = AccessEntry.objects.get(act=Act.EXPORT)
    assert (entry.rows, entry.branch_code) == (1, "5301")
    told = str(list(AccessEntry.objects.values_list()))
    assert "Abcdef" not in told


@pytest.mark.parametrize("kind", ["annotated", "bad-rows"])
def test_who_handed_a_workbook_in_has_it_back_marked_logged_and_without_a_password(
    kind, road, signed_in, roster
):
    answer = annotated(signed_in(road.clerk), roster, kind)

    assert answer.status_code == 200
    book = opened(answer.content)
    assert road.clerk.username in book[INFORMATION]["A2"].value
    assert not Export.objects.exists()
    entry = AccessEntry.objects.get(act=Act.EXPORT)
    assert (entry.user_id, entry.rows, entry.branch_code) == (road.clerk.pk, 1, "5301")
    assert entry.file.endswith(".xlsx")


@pytest.mark.parametrize("kind", ["annotated", "bad-rows"])
@pytest.mark.parametrize(
    ("role", "code"),
    [(Role.STATISTICIAN, "53"), (Role.STATISTICIAN, "5301"), (Role.REVIEWER, "53"), (Role.DESK, "53")],
)  # fmt: skip
def test_nobody_else_has_it_without_a_password(kind, role, code, person, signed_in, roster):
    page = signed_in(person(role, code))

    answer = taken(page, annotated(page, roster, kind))

    assert is_locked(answer.content)


def test_whom_unfinished_work_is_handed_to_has_not_handed_it_in(road, signed_in, roster, colleague):
    Upload.objects.filter(pk=roster.pk).update(uploaded_by=colleague)
    page = signed_in(colleague)

    assert is_locked(taken(page, annotated(page, roster)).content)


def test_an_original_stays_locked_for_everybody(road, signed_in, roster):
    page = signed_in(road.clerk)
    address = reverse("upload-original", kwargs={"pk": roster.pk})
    page.post(address, {"reason": "核对票据"})

    assert is_locked(taken(page, page.get(address, {"file": "1"})).content)


def test_a_weak_password_is_refused(colleague, signed_in, roster):
    page = signed_in(colleague)

    answer = taken(page, annotated(page, roster), password="12345678")

    assert answer.status_code == 302
    assert "密码不够强" in page.get(answer.url).content.decode()


def test_the_page_offers_a_strong_password_and_keeps_none(colleague, signed_in, roster):
    page = signed_in(colleague)
    address = annotated(page, roster).url

    first, second = (page.get(address) for _ in range(2))

    assert is_strong(first.context["password"])
    assert first.context["password"] != second.context["password"]
    assert first["Cache-Control"].startswith("max-age=0")
    assert Export.objects.get().password is None


def test_a_locked_file_of_ones_own_is_taken_in_again(road, signed_in, roster, now, colleague):
    page = signed_in(colleague)
    content = taken(page, annotated(page, roster)).content

    again = receive(
        colleague, sheet="training.roster", branch=roster.branch, period=roster.period,
        content=content, filename="批注本.xlsx", now=now,
    )  # fmt: skip

    checked = check.check(again.pk, user=colleague, now=now)
    assert (checked.rows, checked.errors) == (roster.rows, roster.errors)


def test_what_was_exported_and_handed_in_again_changes_nothing(road, signed_in, now, colleague):
    upload = road.effective(
        "donations.ledger", "捐赠人 类型 金额（元） 到账日期 票据号码",
        ("云岭示例公司", "单位", 100, "2021-08-01", "1"),
    )  # fmt: skip
    page = signed_in(colleague)
    content = read(page, annotated(page, upload))

    again = ready(road.clerk, upload.branch, content, now=now)

    assert INFORMATION in opened(content).sheetnames
    assert (again.rows, again.errors) == (1, 0)
    assert again.changes["unchanged"] == 1


def test_a_program_gets_no_personal_file(rf, clerk, settings):
    request = rf.get("/")
    request.user, request.api_token = clerk, object()
    door = LeavingMiddleware(lambda _: sent(b"PK", "x.xlsx", holds=Holds.PEOPLE))

    assert door(request).status_code == 409


# Whose, and how long ------------------------------------------------------------------


@pytest.fixture
def mine(colleague, signed_in, roster):
    annotated(signed_in(colleague), roster)
    return Export.objects.get()


@pytest.mark.parametrize("role", [Role.STATISTICIAN, Role.ADMINISTRATOR, Role.AUDITOR, Role.DESK])
def test_nobody_fetches_anothers_export(role, person, signed_in, mine):
    page = signed_in(person(role, "53"))

    assert page.get(reverse("export", kwargs={"pk": mine.pk})).status_code == 404
    address = reverse("export-file", kwargs={"pk": mine.pk})
    assert page.post(address, {"password": "Abcdef-123456"}).status_code == 404
    assert mine.name not in page.get(reverse("exports")).content.decode()


def test_what_lies_there_is_sealed(mine):
    with mine.file.open("rb") as file:
        assert not file.read().startswith(b"PK")


def test_an_export_ends_with_its_time(colleague, signed_in, mine, time_machine):
    SafetySettings.objects.create(pk=1, export_hours=1)
    page = signed_in(colleague)
    path = Path(mine.file.path)
    time_machine.move_to(mine.expires_at + dt.timedelta(seconds=1))
    page = signed_in(colleague)

    address = reverse("export-file", kwargs={"pk": mine.pk})
    late = page.post(address, {"password": "Abcdef-123456"})
    swept = services.sweep(now=timezone.now())

    mine.refresh_from_db()
    assert late.status_code == 302
    assert (swept, mine.state, mine.file.name, mine.password) == (1, State.EXPIRED, "", None)
    assert not path.exists()
    assert "已过期删除" in page.get(reverse("export", kwargs={"pk": mine.pk})).content.decode()


def test_how_long_is_a_setting(colleague, signed_in, roster):
    SafetySettings.objects.create(pk=1, export_hours=5)

    annotated(signed_in(colleague), roster)

    kept = Export.objects.get()
    assert kept.expires_at - kept.created_at == dt.timedelta(hours=5)


# By a worker ----------------------------------------------------------------------------


def test_a_long_list_is_made_by_a_worker(
    clerk, reviewer, branch, now, signed_in, django_capture_on_commit_callbacks
):
    effective(clerk, reviewer, branch("5301"), ledger(1, 2, 3), now=now)
    SafetySettings.objects.create(pk=1, export_rows_at_once=2)
    page = signed_in(clerk)

    with django_capture_on_commit_callbacks(execute=True):
        answer = page.get(reverse("disclosure"), {"branch": "5301", "period": "2021-08"})

    made = Export.objects.get()
    assert answer.url == reverse("exports")
    assert (made.state, made.rows, made.user) == (State.READY, 3, clerk)
    content = page.post(reverse("export-file", kwargs={"pk": made.pk})).content
    assert opened(content).sheetnames == ["公示", INFORMATION]


def test_a_right_that_ended_meanwhile_stops_the_worker(clerk, now):
    export = services.order(
        clerk, "donations.disclosure", "x.xlsx",
        asked={"branch": "5303", "period": "2021-08"}, now=now,
    )  # fmt: skip

    services.make(export.pk, now=now)

    export.refresh_from_db()
    assert (export.state, export.file.name) == (State.FAILED, "")
    assert "请重新导出" in export.message


def test_an_unfinished_export_is_told_as_such(clerk, now):
    export = services.order(
        clerk, "donations.disclosure", "x.xlsx",
        asked={"branch": "5301", "period": "2021-08"}, now=now,
    )  # fmt: skip

    services.sweep(now=now + services.ABANDONED_AFTER)

    export.refresh_from_db()
    assert export.state == State.FAILED


@pytest.mark.parametrize("count", [1, 3])
def test_the_list_costs_the_same_however_long(
    clerk, signed_in, now, count, django_assert_max_num_queries
):
    for _ in range(count):
        services.order(
            clerk, "donations.disclosure", "x.xlsx",
            asked={"branch": "5301", "period": "2021-08"}, now=now,
        )  # fmt: skip
    page = signed_in(clerk)

    with django_assert_max_num_queries(16):
        answer = page.get(reverse("exports"))

    assert answer.context["page"].paginator.count == count


# The step up ------------------------------------------------------------------------------


def test_personal_files_of_the_province_ask_for_a_fresh_second_factor(
    person, signed_in, settings, road, colleague
):
    upload = road.checked("training.roster", ROSTER, PERSON, code="53")
    settings.SECOND_FACTOR = True
    page = signed_in(colleague)

    without = annotated(page, upload)
    assert without.url == reverse("mfa_activate_totp")

    secret = totp.generate_totp_secret()
    totp.TOTP.activate(colleague, secret)
    stale = annotated(page, upload)
    assert stale.url.startswith(reverse("mfa_reauthenticate"))
    assert "再输入一次验证码" in page.get(stale.url).content.decode()
    assert not Export.objects.exists()

    code = totp.format_hotp_value(
        totp.hotp_value(secret, next(totp.yield_hotp_counters_from_time()))
    )
    back = page.post(stale.url, {"code": code})
    assert back.url == reverse("upload-download", kwargs={"pk": upload.pk, "kind": "annotated"})
    assert taken(page, page.get(back.url)).status_code == 200


def test_ones_own_workbook_of_the_province_asks_for_it_too(road, signed_in, settings):
    upload = road.checked("training.roster", ROSTER, PERSON, code="53")
    settings.SECOND_FACTOR = True

    answer = annotated(signed_in(road.clerk), upload)

    assert answer.url == reverse("mfa_activate_totp")


def test_a_county_needs_none_for_its_own(colleague, signed_in, settings, roster):
    settings.SECOND_FACTOR = True
    page = signed_in(colleague)

    assert taken(page, annotated(page, roster)).status_code == 200
    assert Upload.objects.count() == 1
    assert not Donation.objects.exists()
