"""Record lists are exported as filtered; reference data are imported from a workbook."""

import io

import openpyxl
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from donations.models import Fund
from redcross.accounts.choices import Role
from redcross.accounts.encryption import BlindIndexField, EncryptedField
from redcross.audit.models import AccessEntry
from redcross.branches.models import BranchAlias
from redcross.completeness.models import CalendarDay
from redcross.exports.models import Export
from redcross.portal.record_pages.list_export import MAX_EXPORTED_ROWS, ListExportMixin
from redcross.portal.record_pages.reference_import import MAX_IMPORTED_ROWS, ReferenceImportMixin
from redcross.portal.record_pages.site import site
from tests.support.gift_ledger import create_effective_upload, ledger_workbook

pytestmark = pytest.mark.django_db


def rows_of(content):
    sheet = openpyxl.load_workbook(io.BytesIO(content)).worksheets[0]
    return [[cell or "" for cell in row] for row in sheet.iter_rows(values_only=True)]


def workbook(*rows):
    book = openpyxl.Workbook()
    for row in rows:
        book.active.append(row)
    buffer = io.BytesIO()
    book.save(buffer)
    return SimpleUploadedFile("基金.xlsx", buffer.getvalue())


@pytest.fixture
def desk(person, signed_in):
    return signed_in(person(Role.DESK, "53"))


def address(model, name):
    return reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_{name}")


@pytest.mark.parametrize(
    "model",
    [model for model, admin in site._registry.items() if isinstance(admin, ListExportMixin)],
    ids=lambda model: model._meta.label_lower,
)
def test_list_of_every_kind_offers_an_export_that_opens(model, desk, person, signed_in):
    if model is BranchAlias:
        desk = signed_in(person(Role.ADMINISTRATOR, "53"))
    page = desk.get(address(model, "changelist"))
    answer = desk.get(page.context["export_address"], follow=True)

    assert answer.status_code == 200
    assert "导出本列表" in page.content.decode()


@pytest.mark.parametrize(
    "model",
    [model for model, admin in site._registry.items() if isinstance(admin, ListExportMixin)],
)
def test_exported_columns_never_hold_a_secret(model):
    fields = [model._meta.get_field(name) for name in site._registry[model].exported_columns()]

    assert not [field for field in fields if isinstance(field, EncryptedField | BlindIndexField)]


def test_export_of_a_filtered_list_has_the_rows_of_the_filter(desk):
    Fund.objects.create(code="in-use", name="示例在用基金", kind="PURPOSE")
    Fund.objects.create(code="retired", name="示例停用基金", kind="PURPOSE", retired=True)

    answer = desk.get(address(Fund, "export"), {"retired__exact": "1"})

    heading, *rows = rows_of(answer.content)
    assert heading[0] == "代码"
    assert {row[0] for row in rows} == set(
        Fund.objects.filter(retired=True).values_list("code", flat=True)
    )
    assert "retired" in {row[0] for row in rows}


def test_export_of_persons_waits_for_a_password_and_is_logged(
    clerk, reviewer, branch, signed_in, now
):
    from donations.models import Donation

    create_effective_upload(clerk, reviewer, branch("5301"), ledger_workbook(600, 400), now=now)

    answer = signed_in(reviewer).get(address(Donation, "export"))

    export = Export.objects.get(user=reviewer)
    assert (answer.status_code, export.personal, export.rows) == (302, True, 2)
    assert AccessEntry.objects.filter(user=reviewer, what__contains="donation").exists()


def test_export_is_limited_to_the_readers_branch(person, clerk, reviewer, branch, signed_in, now):
    from donations.models import Donation

    create_effective_upload(clerk, reviewer, branch("5301"), ledger_workbook(600), now=now)
    neighbour = person(Role.REVIEWER, "5303")

    signed_in(neighbour).get(address(Donation, "export"))

    assert Export.objects.get(user=neighbour).rows == 0


def test_export_of_too_long_a_list_is_refused_with_a_sentence(desk, monkeypatch):
    monkeypatch.setattr("redcross.portal.record_pages.list_export.MAX_EXPORTED_ROWS", 1)

    answer = desk.get(address(Fund, "export"), follow=True)

    assert "请先用筛选缩小范围" in answer.content.decode()
    assert MAX_EXPORTED_ROWS == 20_000


def test_export_by_a_role_without_records_is_refused(person, signed_in):
    answer = signed_in(person(Role.LEADER, "53")).get(address(Fund, "export"), follow=True)

    assert answer.status_code == 403


@pytest.mark.parametrize(
    "query", ["phone_index", "phone__isnull", "row_key__startswith", "upload__note"]
)
def test_list_question_about_a_hidden_field_is_refused(query, desk):
    from donations.models import Donation

    assert desk.get(address(Donation, "changelist"), {query: "1"}).status_code == 400
    assert desk.get(address(Donation, "export"), {query: "1"}).status_code == 400


# Import ------------------------------------------------------------------------------


def test_exported_reference_data_imported_again_changes_nothing(desk):
    exported = desk.get(address(Fund, "export")).content

    answer = desk.post(address(Fund, "import"), {"file": SimpleUploadedFile("基金.xlsx", exported)})

    counts = answer.context["counts"]
    assert (counts["新增"], counts["修改"], counts["有误"]) == (0, 0, 0)
    assert counts["未变"] == Fund.objects.count()


def test_import_shows_the_difference_and_writes_after_confirmation(desk):
    Fund.objects.create(code="old", name="示例旧名", kind="PURPOSE")
    file = workbook(
        ["代码", "名称", "类别", "其他写法", "停用"],
        ["old", "示例新名", "专项基金", "旧名、老名", "否"],
        ["new", "示例新增基金", "专项基金", "", "否"],
    )

    preview = desk.post(address(Fund, "import"), {"file": file})
    assert [line.kind for line in preview.context["lines"]] == ["修改", "新增"]
    assert Fund.objects.get(code="old").name == "示例旧名"

    token = preview.context["token"]
    done = desk.post(address(Fund, "import"), {"confirm": token}, follow=True)

    assert "已导入：新增1条，修改1条。" in done.content.decode()
    fund = Fund.objects.get(code="old")
    assert (fund.name, fund.other_names) == ("示例新名", ["旧名", "老名"])
    assert Fund.objects.filter(code="new", name="示例新增基金").exists()
    again = desk.post(address(Fund, "import"), {"confirm": token})
    assert "已过期或已导入过" in again.context["refusal"]


def test_import_with_a_wrong_cell_names_it_and_writes_nothing(desk):
    before = Fund.objects.count()
    file = workbook(
        ["代码", "名称", "类别", "停用"],
        ["good", "示例好行", "专项基金", "否"],
        ["bad", "示例坏行", "专项基金", "也许"],
    )

    preview = desk.post(address(Fund, "import"), {"file": file})

    faults = [line for line in preview.context["lines"] if line.kind == "有误"]
    assert [(line.row, line.message) for line in faults] == [
        (3, "「停用」“也许”请填写“是”或“否”。")
    ]
    assert preview.context["token"] == ""
    assert Fund.objects.count() == before


@pytest.mark.parametrize(
    ("rows", "sentence"),
    [
        ([["名称"], ["示例"]], "没有找到“代码”一栏"),
        ([["代码", "名称", "名字"], ["a", "b", "c"]], "不认识的栏目：名字"),
        ([["代码", "名称", "名称"], ["a", "b", "c"]], "有两栏的名称相同"),
        ([["代码", "名称"]], "表头下面没有数据"),
    ],
)
def test_import_of_an_unfit_table_is_refused_with_a_sentence(rows, sentence, desk):
    answer = desk.post(address(Fund, "import"), {"file": workbook(*rows)})

    assert sentence in answer.context["refusal"]


def test_import_of_what_is_no_workbook_is_refused_by_name(desk):
    picture = SimpleUploadedFile("基金.xlsx", b"\x89PNG\r\n\x1a\n" + b"0" * 100)

    answer = desk.post(address(Fund, "import"), {"file": picture})

    assert "图片" in answer.context["refusal"]


def test_import_of_too_many_rows_is_refused(desk):
    rows = [["代码", "名称"], *([f"c{at}", f"示例{at}"] for at in range(MAX_IMPORTED_ROWS + 1))]

    answer = desk.post(address(Fund, "import"), {"file": workbook(*rows)})

    assert "一次最多导入2,000行" in answer.context["refusal"]


@pytest.mark.parametrize("role", [Role.STATISTICIAN, Role.REVIEWER, Role.LEADER, Role.AUDITOR])
def test_import_by_a_role_that_may_not_write_names_is_refused(role, person, signed_in):
    client = signed_in(person(role, "53"))

    answer = client.post(address(Fund, "import"), {"file": workbook(["代码"])}, follow=True)

    assert answer.status_code == 403
    assert not Fund.objects.filter(code="代码").exists()


def test_import_of_working_days_and_aliases_knows_rows_by_their_own_key(desk, person, signed_in):
    file = workbook(["日期", "类别", "说明"], ["2031-01-01", "放假", "元旦"])
    preview = desk.post(address(CalendarDay, "import"), {"file": file})
    desk.post(address(CalendarDay, "import"), {"confirm": preview.context["token"]})
    assert CalendarDay.objects.get(day="2031-01-01").name == "元旦"

    administrator = signed_in(person(Role.ADMINISTRATOR, "53"))
    file = workbook(["机构", "别名", "类别"], ["532901", "示例老大理", "曾用名"])
    preview = administrator.post(address(BranchAlias, "import"), {"file": file})
    administrator.post(address(BranchAlias, "import"), {"confirm": preview.context["token"]})
    assert BranchAlias.objects.get(name="示例老大理").branch.code == "532901"


def test_every_kind_of_reference_data_can_be_imported():
    kinds = {
        model._meta.label for model, admin in site._registry.items()
        if isinstance(admin, ReferenceImportMixin)
    }  # fmt: skip

    assert {
        "donations.Fund", "donations.Campaign", "training.CourseRule", "relief.Item",
        "relief.Programme", "relief.Event", "reform.GovernanceItem", "branches.BranchAlias",
        "completeness.CalendarDay",
    } <= kinds  # fmt: skip
