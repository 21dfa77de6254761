"""Headings no vocabulary lists: mapped where one column alone can be meant, with a finding."""

import datetime as dt
from decimal import Decimal

import pytest
from django.urls import reverse
from hypothesis import given
from hypothesis import strategies as st

from redcross.units import Unit
from redcross.uploads.mapping.similarity import SimilarityIndex
from redcross.uploads.schema.import_spec import CellKind, FieldSpec
from redcross.uploads.workflow import check
from relief.models import StockMovement
from tests.support.workbooks import write_xlsx
from tests.uploads.support.ledger_spec import finding_codes
from tests.uploads.support.registered_sheets import error_codes, parse_rows, parse_workbook_bytes

MONEY = FieldSpec("value", "金额（元）", CellKind.DECIMAL, aliases=("捐赠金额",), unit=Unit.YUAN)
ID = FieldSpec("id_number", "身份证号", CellKind.ID_NUMBER)
WISHES = FieldSpec("wishes", "志愿登记／本年", CellKind.INTEGER)


def similarity(heading, field):
    """Return how similar a heading of one level is to the field's words, 0 for not at all."""
    words = [(field.name, text) for text in (field.label, *field.aliases)]
    return SimilarityIndex([field], words).scores([heading]).get(field.name, 0)


@pytest.mark.parametrize(
    ("heading", "field"),
    [
        ("户主身份证号", ID),
        ("身份证件号", ID),
        ("本年志愿登记人数", WISHES),
        ("捐赠总金额", MONEY),
    ],
)
def test_header_similarity_is_high_for_shared_characters(heading, field):
    assert similarity(heading, field) >= 75


@pytest.mark.parametrize(
    ("heading", "field"),
    [
        ("捐赠人数", MONEY),  # counts
        ("捐赠日期", MONEY),
        ("捐赠", MONEY),  # says less than the word
        ("志愿登记金额", WISHES),
        ("编号", ID),
        ("", ID),
    ],
)
def test_header_similarity_is_low_for_another_kind_or_less_information(heading, field):
    assert similarity(heading, field) < 75


@given(st.text(max_size=12), st.sampled_from([MONEY, ID, WISHES]))
def test_header_similarity_is_always_between_0_and_100(heading, field):
    assert 0 <= similarity(heading, field) <= 100


def test_heading_longer_than_eighty_characters_is_similar_to_nothing():
    assert similarity("户主身份证号" + "说" * 74, ID) > 0
    assert similarity("户主身份证号" + "说" * 75, ID) == 0


@pytest.mark.django_db
def test_similar_header_with_fitting_content_is_mapped_with_a_notice(tmp_path, now):
    heading = ["户主姓名", "在册户主身份证号", "家庭人口", "签领当天日期"]
    rows = [["2021年博爱送万家花名册"], heading, ["示例甲", "530102198203040028", 3, "2021-09-03"]]

    result = parse_rows("relief.roster", rows, tmp_path, now=now)

    assert error_codes(result) == []
    assert result.frame["given_on"].to_list() == [dt.date(2021, 9, 3)]
    (finding,) = [item for item in result.findings if item.code == "column.akin"]
    assert "「在册户主身份证号」读作「身份证号」" in finding.message
    assert "「签领当天日期」读作「发放日期」" in finding.message


@pytest.mark.django_db
def test_similar_header_with_other_content_is_not_mapped(tmp_path, now):
    heading = ["户主姓名", "身份证号", "家庭人口", "发放日期", "户主的联系电话"]
    rows = [["2021年博爱送万家花名册"], heading]
    rows.append(["示例甲", "530102198203040028", 3, "2021-09-03", "村口小卖部"])

    result = parse_rows("relief.roster", rows, tmp_path, now=now)

    assert "phone" not in result.frame.columns
    assert "column.unknown" in finding_codes(result)


@pytest.mark.django_db
def test_similar_header_with_two_candidates_is_not_mapped(tmp_path, now):
    heading = ["患儿姓名", "出生日期", "身份证号", "病种", "家庭自付（元）", "申请日期", "办理日期"]
    rows = [heading]
    rows.append(
        ["示例童", "2012-03-04", "530102201203040014", "白血病", 60000, "2021-09-03", "2021-09-09"]
    )

    result = parse_rows("relief.applications", rows, tmp_path, now=now)

    assert [finding.value for finding in result.findings if finding.code == "column.unknown"] == [
        "办理日期"
    ]


@pytest.mark.django_db
def test_header_row_of_unknown_words_is_found_by_similarity(tmp_path, now):
    heading = ["报送单位", "期初基层组织数", "新增基层组织数", "注销基层组织数", "期末基层组织数"]
    rows = [heading, ["五华区", 60, 5, 1, 64], ["盘龙区", 40, 2, 0, 42]]

    result = parse_rows("reform.network", rows, tmp_path, code="5301", period="2021Q3", now=now)

    assert error_codes(result) == []
    assert result.frame.select("units_start", "units_end").rows() == [(60, 64), (40, 42)]
    assert "column.akin" in finding_codes(result)


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("cells", "read_as"),
    [(["已完成", "推进中", "未启动"], "state"), (["开班3期", "推进中", "已发文"], "progress")],
)
def test_column_of_choice_words_is_mapped_to_the_choice_field(cells, read_as, tmp_path, now):
    heading = ["序号", "重点任务", "完成时限", "完成情况", "佐证"]
    rows = [
        heading,
        *([at, f"任务{at}", "2021-12-31", cell, "文"] for at, cell in enumerate(cells, 1)),
    ]

    result = parse_rows("reform.tasks", rows, tmp_path, now=now)

    assert result.tables[0].layout.by_heading["完成情况"] == read_as


@pytest.mark.django_db
def test_column_number_row_below_the_header_is_not_data(tmp_path, now):
    heading = ["单位", "献血人次", "献血量（毫升）", "宣传动员场次"]
    rows = [heading, ["甲", 1, 2, 3], ["五华区", 60, 5000, 1], ["盘龙区", 1, 2, 3]]

    result = parse_rows("donors.blood", rows, tmp_path, code="5301", period="2021Q3", now=now)

    assert result.frame.height == 2


@pytest.mark.django_db
def test_unlabelled_sums_are_not_a_branch_row(tmp_path, now):
    heading = ["单位", "献血人次", "献血量（毫升）", "宣传动员场次"]
    rows = [heading, ["五华区", 60, 5000, 1], ["盘龙区", 40, 3000, 2], ["", 100, 8000, 3]]

    result = parse_rows("donors.blood", rows, tmp_path, code="5301", period="2021Q3", now=now)

    assert result.frame.height == 2
    assert "total.differs" not in finding_codes(result)


@pytest.mark.django_db
def test_branch_named_by_its_code_is_a_row(tmp_path, now):
    heading = ["单位", "献血人次", "献血量（毫升）"]
    rows = [heading, ["530102", "60", "5000"], ["530103", "40", "3000"]]

    result = parse_rows("donors.blood", rows, tmp_path, code="5301", period="2021Q3", now=now)

    assert result.frame.height == 2


@pytest.mark.django_db
def test_unit_of_one_header_does_not_apply_to_another_column(tmp_path, now):
    heading = [
        "患儿姓名",
        "出生日期",
        "身份证号",
        "病种",
        "家庭自付",
        "申请日期",
        "资助金额（万元）",
    ]
    row = ["示例童", "2012-03-04", "530102201203040014", "白血病", 60000, "2021-09-03", 3]
    rows = [heading, row, ["第2页"], heading, [*row[:5], "2021-09-04", 3]]

    result = parse_rows("relief.applications", rows, tmp_path, now=now)

    assert result.frame["own_payment"].to_list() == [Decimal(60000)] * 2
    assert result.frame["granted"].to_list() == [Decimal(30000)] * 2


@pytest.mark.django_db
def test_worksheet_named_by_a_county_gives_the_branch(tmp_path, now):
    rows = [["捐赠人", "金额（元）", "日期"], ["示例甲", 5, "2021-09-03"]]

    prefecture = parse_workbook_bytes(
        "donations.ledger", write_xlsx(rows, name="五华区"), tmp_path, code="5301", now=now
    )
    county = parse_workbook_bytes(
        "donations.ledger", write_xlsx(rows, name="盘龙区"), tmp_path, code="530102", now=now
    )

    assert prefecture.frame["branch"].is_not_null().all()
    assert "branch.from_worksheet" in finding_codes(prefecture)
    assert "branch" not in county.frame.columns


@pytest.mark.django_db
def test_county_row_above_rows_gives_their_branch(tmp_path, now):
    rows = [["捐赠人", "金额（元）", "日期"]]
    for section in ("一、五华区", "二、盘龙区"):
        rows += [[section], *([f"示例{at}", at, "2021-09-03"] for at in range(1, 4))]

    result = parse_rows("donations.ledger", rows, tmp_path, code="5301", now=now)

    assert error_codes(result) == []
    assert result.frame["branch"].n_unique() == 2


@pytest.mark.django_db
@pytest.mark.parametrize("text", ["9月10日—11日", "2021.9.10-9.11", "2021年9月10日至11日"])
def test_date_range_is_read_as_its_first_day_with_a_warning(text, tmp_path, now):
    heading = ["姓名", "身份证号", "培训日期", "是否合格"]
    rows = [heading, ["示例甲", "530102198203040028", text, "合格"]]

    result = parse_rows("training.roster", rows, tmp_path, now=now)

    assert result.frame["trained_on"].to_list() == [dt.date(2021, 9, 10)]
    assert "date.range" in finding_codes(result)


@pytest.mark.django_db
@pytest.mark.parametrize("text", ["9月10日—8日", "2021.9.10-2022.9.11", "第1-3页"])
def test_invalid_date_range_is_refused(text, tmp_path, now):
    heading = ["姓名", "身份证号", "培训日期", "是否合格"]
    rows = [heading, ["示例甲", "530102198203040028", text, "合格"]]

    result = parse_rows("training.roster", rows, tmp_path, now=now)

    assert error_codes(result) == ["date.unreadable"]
    assert finding_codes(result) == ["date.unreadable"]
    assert result.frame["trained_on"].to_list() == [None]


@pytest.mark.django_db
def test_percentages_as_fractions_are_read_with_one_above_100(tmp_path, now):
    heading = ["序号", "重点任务", "完成时限", "状态", "完成率", "佐证"]
    shares = [0.6, 0.82, 0.9, 0.5625, 1.16]
    rows = [heading]
    rows += [
        [at, f"任务{at}", "2021-12-31", "推进中", share, "文"] for at, share in enumerate(shares, 1)
    ]

    result = parse_rows("reform.tasks", rows, tmp_path, now=now)

    assert result.frame["percent"].to_list() == [
        Decimal(60), Decimal(82), Decimal(90), Decimal("56.25"), Decimal(116)
    ]  # fmt: skip
    assert finding_codes(result).count("percent.scaled") == 5


@pytest.mark.django_db
def test_similar_header_is_overridden_by_the_clerks_mapping(pipeline, signed_in):
    heading = "捐赠人 金额（元） 到账日期 捐赠人的手机联系电话"
    upload = pipeline.checked(
        "donations.ledger", heading, ("示例甲", 5, "2021-08-08", "13800000000")
    )
    page = signed_in(pipeline.clerk)
    shown = page.get(reverse("upload", args=[upload.pk])).content.decode()
    assert "“捐赠人的手机联系电话”对应的栏目" in shown

    page.post(
        reverse("upload-act", args=[upload.pk, "map"]),
        {"heading": "捐赠人的手机联系电话", "field": ""},
    )

    upload = check.check_upload(upload.pk, user=pipeline.clerk, now=pipeline.now)
    assert "捐赠人的手机联系电话" not in upload.tables[0]["columns"]
    assert upload.warnings == 0


@pytest.mark.django_db
@pytest.mark.parametrize("promised", ["承诺捐赠额（元）", "认捐金额", "协议捐赠金额"])
def test_pledged_amount_is_not_mapped_to_received_amount(promised, tmp_path, now):
    rows = [["捐赠人", promised, "到位资金额", "日期"], ["示例甲", 20460, 460, "2021-09-03"]]

    result = parse_rows("donations.ledger", rows, tmp_path, now=now)

    assert promised not in result.tables[0].layout.by_heading
    assert result.tables[0].layout.by_heading["到位资金额"] == "value"
    assert result.frame["value"].to_list() == [Decimal(460)]


@pytest.mark.django_db
def test_person_times_take_precedence_over_persons(tmp_path, now):
    heading = [["单位", "群众性普及", ""], ["", "人数", "人次"]]
    rows = [*heading, ["五华区", 12737, 13816], ["盘龙区", 90, 100]]

    result = parse_rows(
        "training.statistics", rows, tmp_path, code="5301", period="2021Q3", now=now
    )

    assert result.frame["people_times"].to_list() == [13816, 100]


@pytest.mark.django_db
def test_annual_target_column_is_not_the_year(tmp_path, now):
    heading = [
        ["序号", "重点任务", "完成时限", "状态", "指标值", ""],
        ["", "", "", "", "年度", "当前"],
    ]
    rows = [*heading, [1, "任务", "2021-12-31", "推进中", 40, 10]]

    result = parse_rows("reform.tasks", rows, tmp_path, now=now)

    assert "year" not in result.tables[0].layout.columns.values()


@pytest.mark.django_db
def test_stock_book_with_in_and_out_columns_is_read_in_both_directions(pipeline):
    heading = "日期 品名 单位 入库数量 出库数量"
    rows = [("2021-08-03", "棉被", "床", 30, ""), ("2021-08-04", "棉被", "床", "", 5)]

    pipeline.effective("relief.stock", heading, *rows)

    rows = StockMovement.objects.order_by("moved_on").values_list("movement", "quantity")
    assert list(rows) == [("IN", Decimal(30)), ("OUT", Decimal(5))]


@pytest.mark.django_db
def test_unlabelled_sums_are_not_a_row_under_a_similar_branch_header(tmp_path, now):
    heading = ["县区的名称", "献血人次", "献血量（毫升）"]
    rows = [heading, ["五华区", 60, 5000], ["盘龙区", 40, 3000], ["官渡区", 1, 2], ["", 101, 8002]]

    result = parse_rows("donors.blood", rows, tmp_path, code="5301", period="2021Q3", now=now)

    assert result.frame.height == 3


@pytest.mark.django_db
def test_section_continues_below_the_header_of_the_next_page(tmp_path, now):
    heading = ["捐赠人", "金额（元）", "日期"]
    rows = [heading, ["一、盘龙区"]]
    rows += [[f"示例{at}", at, "2021-09-03"] for at in range(1, 6)]
    rows += [heading, *([f"示例{at}", at, "2021-09-03"] for at in range(6, 9))]

    result = parse_rows("donations.ledger", rows, tmp_path, code="5301", now=now)

    assert result.frame.height == 8
    assert result.frame["branch"].n_unique() == 1
    assert result.frame["branch"].is_not_null().all()


@pytest.mark.parametrize(
    ("heading", "field"),
    [
        ("志愿服务（小时）", FieldSpec("teams", "志愿者／服务队", CellKind.INTEGER)),
        ("入库指标数", FieldSpec("stored", "入库／完成数", CellKind.INTEGER)),
        ("捐献角膜（枚）", FieldSpec("cases", "角膜／例", CellKind.INTEGER)),
        ("单位价格", FieldSpec("measure", "计量单位", CellKind.TEXT)),
        ("期初会员", FieldSpec("after", "会员／期末", CellKind.INTEGER)),
    ],
)
def test_headers_of_opposite_meaning_are_never_similar(heading, field):
    assert similarity(heading, field) < 75
