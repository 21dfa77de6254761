"""An export uploaded again changes nothing, in the sheet's form and in the clerk's own."""

import datetime as dt
import random
from decimal import Decimal

import pytest
from django.urls import reverse

from donors.pseudonyms import compute_check_character
from redcross.accounts.choices import Role
from redcross.branches.models import Branch
from redcross.branches.naming import normalize_branch_name
from redcross.branches.tree import get_tree
from redcross.demo.fake_data import id_number, mobile_number, office_table
from redcross.errors import RefusedError
from redcross.periods import Period
from redcross.uploads.choices import UploadState
from redcross.uploads.output.export_rows import ExportForm, export_workbook
from redcross.uploads.registry import registry
from redcross.uploads.schema.import_spec import CellKind
from redcross.uploads.workflow import services
from tests.support.export_page import read_protected_file
from tests.support.gift_ledger import create_checked_upload, create_effective_upload
from tests.support.workbooks import gift_workbook, write_xlsx

pytestmark = pytest.mark.django_db

KUNMING, AUGUST = "5301", Period.parse("2021-08")


def export_and_check(pipeline, upload, form, *, code=KUNMING, period="2021-08"):
    """Export the effective rows, upload the export unchanged, and return the checked upload."""
    branch = Branch.objects.get(code=code)
    content = export_workbook(
        pipeline.clerk,
        sheet=upload.declared,
        branch=branch,
        period=Period.parse(period),
        form=form,
    )
    return create_checked_upload(
        pipeline.clerk,
        branch,
        content,
        now=pipeline.now,
        sheet=upload.sheet,
        period=period,
        mode="append",
    )


def change_counts(upload):
    """Return the counts of new, changed and unchanged rows; fail where the check has errors."""
    assert upload.errors == 0, [finding.message for finding in upload.findings.all()]
    return upload.changes["new"], upload.changes["changed"], upload.changes["unchanged"]


GIFTS = [
    ("云岭示例公司", "1.5", "2021-08-01", "", "银行"),
    ("示例甲", "0.01", "2021-08-02", "A1", "微信"),
    ("示例甲", "0.01", "2021-08-02", "A1", "微信"),
    ("爱心人士", "3", "2021-08-02", "", ""),
    ("爱心人士", "3", "2021-08-02", "", ""),
]


def own_form_workbook():
    """Return a ledger in a county's own form: two rows of headings, 万元, an extra column."""
    headings = (
        "序号",
        "捐赠／单位或个人",
        "捐赠／金额",
        "到账日期",
        "经办科室",
        "票据号码",
        "渠道",
    )
    rows = [
        (n, name, float(value), day, "办公室", ticket, channel)
        for n, (name, value, day, ticket, channel) in enumerate(GIFTS, start=1)
    ]
    return office_table("五华区捐赠款物明细表", headings, rows, unit="万元")


@pytest.mark.parametrize("form", ExportForm)
def test_exported_ledger_with_equal_gifts_reads_back_unchanged(pipeline, form):
    upload = create_effective_upload(
        pipeline.clerk,
        pipeline.reviewer,
        Branch.objects.get(code=KUNMING),
        own_form_workbook(),
        now=pipeline.now,
    )
    assert sum(gift.value for gift in upload.declared.model.objects.all()) == Decimal("75200.00")

    back = export_and_check(pipeline, upload, form)

    assert change_counts(back) == (0, 0, 5)


def test_export_in_the_clerks_own_form_keeps_headers_order_and_unit(pipeline):
    upload = create_effective_upload(
        pipeline.clerk,
        pipeline.reviewer,
        Branch.objects.get(code=KUNMING),
        own_form_workbook(),
        now=pipeline.now,
    )

    back = export_and_check(pipeline, upload, ExportForm.OWN)

    headings = [column["heading"] for column in back.tables[0]["layout"]]
    assert headings == [
        "序号", "捐赠／单位或个人", "捐赠／金额", "到账日期", "经办科室", "票据号码", "渠道", "行标识",
    ]  # fmt: skip
    assert back.tables[0]["unit"] == "万元"


def test_exported_row_changed_by_hand_is_matched_by_its_row_id(pipeline):
    upload = create_effective_upload(
        pipeline.clerk,
        pipeline.reviewer,
        Branch.objects.get(code=KUNMING),
        own_form_workbook(),
        now=pipeline.now,
    )
    gift = upload.declared.model.objects.filter(giver_name="爱心人士").first()
    gift.value = Decimal("88.00")
    gift.save()

    back = export_and_check(pipeline, upload, ExportForm.BLANK)

    assert change_counts(back) == (0, 0, 5)


def test_exported_row_copied_is_read_as_a_new_row(pipeline):
    branch = Branch.objects.get(code=KUNMING)
    upload = create_effective_upload(
        pipeline.clerk,
        pipeline.reviewer,
        branch,
        gift_workbook(("示例甲", 5, "2021-08-01", "")),
        now=pipeline.now,
    )
    mark = upload.declared.model.objects.get().row_key.hex
    headings = ("捐赠人", "金额（元）", "到账日期", "票据号码", "行标识")
    rows = [("示例甲", 6, "2021-08-01", "", mark), ("示例甲", 5, "2021-08-01", "", mark),
            ("示例甲", 7, "2021-08-01", "", "改过的")]  # fmt: skip

    back = create_checked_upload(
        pipeline.clerk, branch, gift_workbook(*rows, headings=headings), now=pipeline.now
    )

    assert change_counts(back) == (2, 1, 0)
    assert {finding.code for finding in back.findings.all()} == {"mark.repeated", "mark.unknown"}


def test_exported_empty_cell_below_a_filled_one_stays_empty(pipeline):
    headings = "单位 捐赠人 金额（元） 到账日期"
    upload = pipeline.effective(
        "donations.ledger", headings,
        ("五华区", "示例甲", 5, "2021-08-01"), ("昆明市", "示例乙", 6, "2021-08-01"),
    )  # fmt: skip

    for form in ExportForm:
        assert change_counts(export_and_check(pipeline, upload, form)) == (0, 0, 2)


CHILD_NUMBERS = [id_number(number, male=True, first=dt.date(2015, 1, 1)) for number in range(3)]
PSEUDONYMS = [
    text + compute_check_character(text) for text in ("D0000000000", "D0000000001", "D0000000002")
]
VALID_CELLS = {
    "indicators.notes": {"text": "示例口径"},
    "donations.campaign_results": {
        "value": 3, "public_value": 1, "matched_value": 1, "offline_value": 1,
    },
    "donations.ledger": {"value": [1, 2, 3]},
    "donations.goods_received": {"form": "物资", "value": [1, 2, 3]},
    "donations.statistics": {
        "raised": 4, "money": 2, "money_designated": 1, "money_free": 1, "online": 1, "day_99": 1,
        "goods": 2, "goods_designated": 1, "goods_free": 1,
    },
    "training.roster": {"result": "合格"},
    "training.devices": {"longitude": 102.71, "latitude": 25.04},
    "donors.stem_cell_steps": {"code": PSEUDONYMS},
    "donors.organ_wishes": {"organs": "是"},
    "donors.cases": {
        "age_band": "18-44岁", "category": "心脏死亡", "consented_on": "2021-08-10",
        "consent_by": "配偶、成年子女、父母", "died_on": "2021-08-11", "witnessed_on": "2021-08-11",
        "witness": "示例协调员", "recovered_on": "2021-08-12", "hearts": 1, "kidneys": 2,
        "lungs": None, "livers": None, "pancreases": None, "intestines": None, "corneas": None,
        "recipients": 3, "cornea_recipients": None, "families_helped": 3,
    },
    "relief.applications": {
        "aid_fund": "天使阳光基金", "disease": "先心病", "sex": "男", "id_number": CHILD_NUMBERS,
        "born_on": ["2015-01-01", "2015-01-02", "2015-01-03"], "own_payment": 20_000,
        "proposed": 15_000, "granted": None,
    },
    "relief.dispatches": {"batches": 1, "people_times": 2},
    "relief.stock": {"movement": "入库"},
    "reform.network": {
        "units_start": 1, "units_new": 1, "units_closed": 0, "units_end": 2,
        "townships": 2, "villages": 0, "schools": 0, "medical": 0, "enterprises": 0, "others": 0,
        "members_before": 5, "adults_new": 2, "youths_new": 3, "members_left": 4,
        "members_after": 6,
    },
}  # fmt: skip
"""Cells by field that a sheet's rules ask for beyond plain values, alike in each of three rows
unless a list tells the three apart. Every registered sheet goes the whole way: one whose rows
no longer pass its check fails."""


RECORDS_OF_THREE_ROWS = {
    "donations.daily_takings": 12,
    "donations.statistics": 23,
    "donors.organ_statistics": 10,
    "donors.stem_cell_statistics": 6,
    "reform.governance": 2,
    "training.statistics": 7,
}
"""Sheets of which each filled cell is a record of its own."""


@pytest.mark.parametrize("key", registry)
def test_exported_rows_of_every_sheet_read_back_unchanged(key, pipeline):
    spec = registry[key].specification()
    rows = [make_row(spec, number) for number in range(3)]
    content = write_xlsx([[field.label for field in spec.fields], *rows])
    branch = Branch.objects.get(code="53")
    upload = create_checked_upload(
        pipeline.clerk, branch, content, now=pipeline.now, sheet=key, period="2021-08"
    )
    assert upload.errors == 0, pipeline.messages(upload)
    assert upload.accepted == RECORDS_OF_THREE_ROWS.get(key, 3)

    upload = pipeline.approve(upload).upload

    assert upload.state == UploadState.EFFECTIVE, upload.message
    for form in ExportForm:
        back = export_and_check(pipeline, upload, form, code="53")
        assert change_counts(back) == (0, 0, upload.accepted)


def make_row(spec, number):
    """Return a row of plain values that the sheet's rules let pass."""
    rng = random.Random(f"{spec.key} {number}")  # noqa: S311  invented rows
    valid = VALID_CELLS.get(spec.key, {})
    return [
        _choose(valid[field.name], number)
        if field.name in valid
        else _make_cell(spec, field, number, rng)
        for field in spec.fields
    ]


def _choose(cell, number):
    return cell[number] if isinstance(cell, list) else cell


def _make_cell(spec, field, number, rng):
    match field.kind:
        case CellKind.BRANCH:
            return ("昆明市", "大理白族自治州", "曲靖市")[number]
        case CellKind.DATE if field.required or field.name == spec.dated_by:
            return f"2021-08-{10 + number:02d}"
        case CellKind.DATE:
            return None
        case CellKind.ID_NUMBER:
            return id_number(6_000_000 + number, male=True)
        case CellKind.PHONE:
            return mobile_number(rng)
        case CellKind.CHOICE | CellKind.REFERENCE if field.required:
            return next(label for label in field.labels.values() if label)
        case CellKind.TEXT if field.required or field.name in spec.identity:
            return f"示例{number}"
        case CellKind.DECIMAL | CellKind.INTEGER if field.required or not number:
            return 1
    return None


# Who may ------------------------------------------------------------------------------


def test_personal_columns_are_exported_only_to_who_enters_or_reviews(pipeline, person, tmp_path):
    upload = pipeline.effective(
        "training.roster",
        "姓名 身份证号 培训日期 培训类型 对象类别 是否合格",
        ("张示例", id_number(1, male=True), "2021-08-02", "救护员", "机关", "合格"),
    )
    branch = Branch.objects.get(code=KUNMING)

    def headings(user):
        from tests.support.workbooks import read_grid

        content = export_workbook(
            user, sheet=upload.declared, branch=branch, period=AUGUST, form=ExportForm.BLANK
        )
        return set(read_grid(content, tmp_path).cells.row(2))

    assert "身份证号" in headings(pipeline.clerk)
    assert "身份证号" in headings(person(Role.REVIEWER, "53"))
    assert "身份证号" not in headings(person(Role.OFFICE, "53"))


def test_export_without_rows_or_own_form_shows_a_message(pipeline):
    branch = Branch.objects.get(code=KUNMING)
    sheet = registry["donations.ledger"]

    with pytest.raises(RefusedError, match="没有已生效"):
        export_workbook(
            pipeline.clerk, sheet=sheet, branch=branch, period=AUGUST, form=ExportForm.BLANK
        )


def test_export_page_requires_a_reason_for_personal_columns(pipeline, signed_in):
    pipeline.effective(
        "training.roster",
        "姓名 身份证号 培训日期 培训类型 对象类别 是否合格",
        ("张示例", id_number(1, male=True), "2021-08-02", "救护员", "机关", "合格"),
    )
    page = signed_in(pipeline.clerk)
    address = reverse("sheet-export", kwargs={"key": "training.roster"})
    form = {"branch": KUNMING, "period": "2021-08", "form": "blank"}

    without_reason = page.post(address, form)
    with_reason = page.post(address, form | {"reason": "核对八月名册"})

    assert "请写明理由" in without_reason.content.decode()
    assert read_protected_file(page, with_reason).startswith(b"PK")


def test_export_writes_every_branch_by_an_unambiguous_name(db):
    branches = get_tree().branches
    for home in (branch for branch in branches if len(branch.code) <= 4):
        names = get_tree().resolve_names(home)
        for branch in branches:
            if home.contains(branch):
                assert names[normalize_branch_name(branch.name)] == (branch.pk,)


# 待改行 --------------------------------------------------------------------------------


@pytest.mark.django_db
def test_good_rows_and_corrected_bad_rows_together_equal_all_rows(pipeline, signed_in, tmp_path):
    import io

    import openpyxl

    headings = ("单位", "捐赠／单位或个人", "捐赠／金额", "到账日期")
    first = [
        ("五华区", "示例甲", 1.5, "2021-08-01"),
        ("", "示例乙", "两万", "2021-08-02"),
        ("", "示例甲", 1.5, "2021-08-01"),
        ("盘龙区", "示例丙", 3, "2021-08-03"),
    ]
    second = [("官渡区", "示例丁", "0.5", "2021-08-04"), ("", "示例丁", "五千", "2021-08-04")]
    one = openpyxl.load_workbook(
        io.BytesIO(office_table("捐赠款物明细表", headings, first, unit="万元"))
    )
    other = openpyxl.load_workbook(
        io.BytesIO(office_table("捐赠款物明细表", headings, second, unit="万元"))
    )
    _copy_worksheet(other.active, one.create_sheet("第二批"))
    content = _save_workbook(one)
    branch = Branch.objects.get(code=KUNMING)
    upload = create_checked_upload(pipeline.clerk, branch, content, now=pipeline.now)
    assert (upload.rows, upload.accepted) == (6, 4)
    services.set_options(
        upload.pk, user=pipeline.clerk, accept_good_rows=True, delete_missing=False
    )
    pipeline.approve(upload)

    page = signed_in(pipeline.clerk)
    answer = page.get(reverse("upload-download", kwargs={"pk": upload.pk, "kind": "bad-rows"}))
    bad = openpyxl.load_workbook(io.BytesIO(answer.content))
    _replace_cells(
        bad, {"两万": 1.5, "五千": 0.5}, {"示例乙": "示例甲", "2021-08-02": "2021-08-01"}
    )
    mended = create_checked_upload(
        pipeline.clerk, branch, _save_workbook(bad), now=pipeline.now, mode="append"
    )
    assert change_counts(mended) == (2, 0, 0)
    pipeline.approve(mended)

    gifts_of = registry["donations.ledger"].model.objects
    loaded = sorted((gift.branch.bare_name, gift.giver_name, gift.value) for gift in gifts_of.all())
    # The mended gift equals two others, and is still a third one.
    assert [value for _, name, value in loaded if name == "示例甲"] == [Decimal("15000.00")] * 3
    assert sum(value for _, _, value in loaded) == Decimal("85000.00")
    assert {branch for branch, _, _ in loaded} == {"五华", "盘龙", "官渡"}


def _copy_worksheet(source, target):
    for row in source.iter_rows():
        for cell in row:
            if cell.value is not None:
                target.cell(cell.row, cell.column).value = cell.value
    for area in source.merged_cells.ranges:
        target.merge_cells(str(area))


def _replace_cells(book, *replacements):
    for sheet in book.worksheets:
        for row in sheet.iter_rows():
            for cell in row:
                for words in replacements:
                    cell.value = words.get(cell.value, cell.value)


def _save_workbook(book):
    import io

    buffer = io.BytesIO()
    book.save(buffer)
    return buffer.getvalue()
