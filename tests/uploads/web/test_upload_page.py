"""The page of an upload: preview, findings by cause, remembered mappings, history."""

import pytest
from django.urls import reverse

from redcross.branches.models import Branch
from redcross.demo.fake_data import id_number
from redcross.uploads.files import storage
from redcross.uploads.models import HeadingMemory
from tests.support.gift_ledger import create_checked_upload
from tests.support.workbooks import gift_workbook

pytestmark = pytest.mark.django_db

HEADINGS = ("捐赠人", "金额（万元）", "到账日期", "票据号码")


@pytest.fixture
def kunming(branch):
    return branch("5301")


@pytest.fixture
def upload_with_errors(clerk, kunming, now):
    """An upload of thirty rows in 万元, every third amount written in words."""
    rows = [
        (f"示例{n}", "五万" if n % 3 == 2 else n + 0.5, "2021-08-01", f"T{n}") for n in range(30)
    ]
    return create_checked_upload(clerk, kunming, gift_workbook(*rows, headings=HEADINGS), now=now)


def test_preview_keeps_first_rows_and_every_row_with_findings_raw_and_parsed(upload_with_errors):
    preview = storage.load_json(upload_with_errors.lines_file)

    assert [line["row"] for line in preview if line["in_doubt"]] == list(range(5, 33, 3))
    assert preview[0]["cells"]["value"] == ["0.5", "5,000.00元"]
    assert preview[2]["cells"]["value"] == ["五万", ""]
    assert preview[0]["cells"]["received_on"] == ["2021-08-01", "2021年8月1日"]


def test_rows_with_findings_are_paginated(upload_with_errors, clerk, signed_in, kunming, now):
    rows = [(f"示例{n}", "五万", "2021-08-01", f"U{n}") for n in range(45)]
    upload = create_checked_upload(clerk, kunming, gift_workbook(*rows, headings=HEADINGS), now=now)
    page = signed_in(clerk)

    first = page.get(reverse("upload", kwargs={"pk": upload.pk})).content.decode()
    last = page.get(reverse("upload-lines", kwargs={"pk": upload.pk}), {"page": 3}).content.decode()

    assert "查看全部 45 行有疑问的" in first
    assert "第 3/3 页" in last
    assert "示例44" in last
    assert "示例0<" not in last


def test_preview_masks_personal_cells_raw_and_parsed(pipeline):
    wrong = id_number(1, male=True)[:-1] + "a"
    upload = pipeline.checked(
        "training.roster",
        "姓名 身份证号 联系电话 培训日期 培训类型 对象类别 是否合格",
        ("张示例", wrong, "13800001234", "2021-08-02", "救护员", "机关", "合格"),
    )

    text = str(storage.load_json(upload.lines_file))

    assert wrong not in text
    assert "13800001234" not in text
    assert "138****1234" in text


def test_findings_are_grouped_by_cause_with_first_cell_and_link(
    upload_with_errors, clerk, signed_in
):
    page = (
        signed_in(clerk)
        .get(reverse("upload", kwargs={"pk": upload_with_errors.pk}))
        .content.decode()
    )

    (cause,) = [part for part in page.split("<details")[1:] if "amount.in_words" in part]
    assert "10 处，首处 明细 B5" in cause.replace("\n", " ") or "10 处" in cause
    assert reverse("code", kwargs={"key": "amount.in_words"}) in cause


def test_preview_columns_follow_the_sheet_order(upload_with_errors, clerk, signed_in):
    answer = signed_in(clerk).get(reverse("upload", kwargs={"pk": upload_with_errors.pk}))

    assert [heading for heading, _ in answer.context["tables"][0]["columns"]] == list(HEADINGS)


def test_remembered_header_mapping_is_shown_and_can_be_deleted(clerk, kunming, now, signed_in):
    content = gift_workbook(
        ("示例甲", 5, "2021-08-01", "", "银行"), headings=(*HEADINGS, "怎么给的")
    )
    upload = create_checked_upload(clerk, kunming, content, now=now)
    page = signed_in(clerk)
    page.post(
        reverse("upload-act", kwargs={"pk": upload.pk, "verb": "map"}),
        {"heading": "怎么给的", "field": "channel"},
    )
    other = gift_workbook(("示例乙", 6, "2021-08-01", "", "微信"), headings=(*HEADINGS, "怎么给的"))
    later = create_checked_upload(clerk, kunming, other, now=now)
    assert later.tables[0]["unknown"] == []

    shown = page.get(reverse("upload", kwargs={"pk": later.pk})).content.decode()
    listed = page.get(reverse("memories")).content.decode()
    page.post(
        reverse("memories"),
        {"branch": kunming.pk, "sheet": "donations.ledger", "heading": "怎么给的"},
    )

    for text in (shown, listed):
        assert "怎么给的" in text
        assert "忘记" in text
    assert not HeadingMemory.objects.exists()
    assert "还没有记住任何表头" in page.get(reverse("memories")).content.decode()


def test_remembered_header_mapping_of_another_branch_cannot_be_deleted(
    person, clerk, kunming, now, signed_in
):
    HeadingMemory.objects.create(
        branch=kunming, sheet="donations.ledger", heading="来路", field="channel", by=clerk, at=now
    )
    stranger = signed_in(person("STATISTICIAN", "5303"))

    text = stranger.post(
        reverse("memories"),
        {"branch": kunming.pk, "sheet": "donations.ledger", "heading": "来路"},
        follow=True,
    ).content.decode()

    assert "只有填报单位可以办理" in text
    assert HeadingMemory.objects.count() == 1


def test_duplicate_file_for_other_months_is_announced_on_the_upload_page(
    clerk, kunming, now, signed_in
):
    content = gift_workbook(("示例甲", 5, "2021-08-01", "A"))
    first = create_checked_upload(clerk, kunming, content, now=now)
    second = create_checked_upload(clerk, kunming, content, now=now, period="2021-09")

    page = signed_in(clerk).get(reverse("upload", kwargs={"pk": second.pk})).content.decode()

    assert "相同文件" in page
    assert reverse("upload", kwargs={"pk": first.pk}) in page


# 报送记录 ------------------------------------------------------------------------------


@pytest.fixture
def three_uploads(clerk, kunming, now):
    wuhua = Branch.objects.get(code="530102")
    return [
        create_checked_upload(
            clerk, kunming, gift_workbook(("示例甲", 5, "2021-08-01", "A")), now=now
        ),
        create_checked_upload(
            clerk, wuhua, gift_workbook(("示例乙", 6, "2021-08-01", "B")), now=now
        ),
        create_checked_upload(
            clerk,
            kunming,
            gift_workbook(("示例丙", "六", "2021-09-01", "C")),
            now=now,
            period="2021-09",
        ),
    ]


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("", [2, 1, 0]),
        ("?sort=old", [0, 1, 2]),
        ("?branch=五华区", [1]),
        ("?branch=530100", [2, 1, 0]),
        ("?period=2021-08&sort=branch", [0, 1]),
        ("?state=HAS_ERRORS", [2]),
        ("?period=2021Q3&state=READY&q=明细", [1, 0]),
        ("?q=没有这个文件", []),
    ],
)
def test_upload_history_is_filtered_and_sorted_by_query_string(
    three_uploads, clerk, signed_in, query, expected
):
    answer = signed_in(clerk).get(f"/uploads/{query}")

    assert [
        three_uploads.index(upload) for upload in answer.context["page"].object_list
    ] == expected
    assert expected or "没有符合条件的报送" in answer.content.decode()


@pytest.mark.parametrize(
    ("query", "sentence"),
    [("?branch=无此县", "没有名为“无此县”的单位。"), ("?period=上月", "无法识别报告期“上月”")],
)
def test_upload_history_with_invalid_filter_shows_a_message(
    three_uploads, clerk, signed_in, query, sentence
):
    assert sentence in signed_in(clerk).get(f"/uploads/{query}").content.decode()


def test_upload_history_filter_is_exported_as_workbook(three_uploads, clerk, signed_in, tmp_path):
    from tests.support.workbooks import read_grid

    answer = signed_in(clerk).get("/uploads/?branch=五华区&export=xlsx")

    grid = read_grid(answer.content, tmp_path)
    assert grid.cells.height == 2
    assert str(three_uploads[1].pk) in grid.cells["A"].to_list()


@pytest.mark.parametrize("count", [1, 3])
def test_upload_history_with_filters_query_count_is_constant(
    clerk, kunming, now, signed_in, count, django_assert_num_queries
):
    for number in range(count):
        create_checked_upload(
            clerk, kunming, gift_workbook(("示例甲", 5, "2021-08-01", f"A{number}")), now=now
        )
    page = signed_in(clerk)

    with django_assert_num_queries(19):
        answer = page.get("/uploads/")

    assert answer.context["page"].paginator.count == count
