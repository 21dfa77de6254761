"""Every pattern of cells and titles beside the texts it matches and those it does not.

A pattern that is changed shows here what it gains and what it loses.
"""

import re

import pytest

from redcross.uploads.cells import amounts, branches, dates, identifiers, words
from redcross.uploads.cells.columns import _DOTTED_NAME, _SPACED_NAME
from redcross.uploads.files import cell_formats, spreadsheets
from redcross.uploads.intake.guess import which_period, which_sheet, workbook_texts

WHOLE = [
    (
        "amounts._NUMBER",
        ["0", "1,234.5", "1234", ".5", "5.", "-3", "￥1,000", "人民币5000元", "现金100元",
         "307.34万元", "2千万", "1e3", "12人", "100元整", "3百万"],
        ["", "元", "1,23", "1.2.3", "一百", "100~200", "约100", "¥", "1,2345", "5元6角"],
    ),
    (
        "dates._FULL_DATE",
        ["2021-08-08", "2021/8/8", "2021-8.8", "2021.8.8", "2021年8月8日", "2021年8月8号", "21.8.8",
         "2021、8、8", "2021\\8\\8", "2021-8-8 14:05:09", "2021年8月8日8时30分",
         "2021-08-08T00:00:00", "2021年8月8日星期日", "2021.8.8."],
        ["2021-08", "8月8日", "20210808", "2021-08-08-08", "2021-8-8 下午",
         "21年8月", "2021 8 8"],
    ),
    (
        "dates._COMPACT",
        ["20210808", "19991231", "20210808 14:05"],
        ["202108", "30210808", "2021080", "210808"],
    ),
    (
        "dates._WITHOUT_YEAR",
        ["8月8日", "8-8", "8.08", "12/31", "8月8号", "8月8"],
        ["8月", "2021-8", "8月8日8日", "8-", "123-4"],
    ),
    (
        "dates._MONTH_ONLY",
        ["2021-08", "2021/8", "2021.8", "2021年8月", "2021年8月份", "2021年12"],
        ["2021", "8月", "2021-8-8", "21-8", "2021年"],
    ),
    (
        "dates._DATE_RANGE",
        ["9月10日-11日", "2026.9.11-9.12", "9.10~9.12", "9月10日至12日", "2021-8-1--8-5"],
        ["9月10日", "9月-10月", "2021", "周一至周五"],
    ),
    ("identifiers._RESIDENT_NUMBER", ["53010219900101123X", "530102199001011234"], ["5301021990"]),
    (
        "identifiers._FOREIGN_DOCUMENT",
        ["E12345678", "H1234567(8)", "12345678", "EA1234567", "AB12C34"],
        ["1234567", "示例", "E", "123456789012345", "ABC-123"],
    ),
    ("identifiers._MOBILE", ["13812345678", "+8613812345678", "8613812345678"], ["12812345678", "1381234567"]),
    (
        "identifiers._MASKED_PHONE",
        ["138****5678", "1**********", "0871-****", "136********"],
        ["13812345678", "****", "138*****56789", "电话"],
    ),
    (
        "identifiers._LANDLINE",
        ["0871-63620000", "087163620000", "63620000", "0871-63620000-12"],
        ["110", "871-63620000", "0871-636200001", "13812345678"],
    ),
    (
        "branches._TOWNSHIP",
        ["妥甸镇", "大营街道", "北门社区", "江头村委会3组", "人民路12号", "红塔区大营街道"[3:]],
        ["妥甸", "大理市下关镇", "", "甲" * 30 + "镇"],
    ),
    ("branches._PREFECTURE_AND_REST", ["昆明市五华区", "云南省大理州祥云县", "红河哈尼族彝族自治州个旧市"],
     ["五华区", "昆明市"]),
]  # fmt: skip

WITHIN = [
    (
        "amounts._INEXACT",
        ["元左右", "余元", "元以上", "多万", "至200"],
        ["元", "人民币", "件", "元整"],
    ),
    (
        "which_period._MONTH_RANGE",
        ["2021年1月至3月", "2021年12月-2022年2月", "2021年7月1日至9月", "2021.1-3月"],
        ["2021年1月", "1月至3月", "2021年1-13月"],
    ),
    (
        "which_period._DAY_RANGE",
        ["2021.7.1-2021.9.30", "2021-10-01至2021-12-31", "2021年7月1日~9月3日"],
        ["2021.7.1", "7.1-9.30"],
    ),
    (
        "which_period._QUARTER",
        ["2021年3季度", "2021年第三季度", "2021Q4", "2021年度第1季度", "2021 第二季"],
        ["第三季度", "2021年5季度", "2021年"],
    ),
    ("which_period._HALF", ["2021年上半年", "2021H1", "2021下半年"], ["上半年", "2021H3"]),
    (
        "which_period._ONE_MONTH",
        ["2021年8月", "2021-08", "2021.8", "2021_12"],
        ["2021年", "8月", "2021-13", "2021-081"],
    ),
    ("which_period._COMPACT_DAY", ["明细202108", "20210815"], ["202113", "120210815", "2021"]),
    ("which_period._BARE_MONTH", ["8月", "12月份", "八月"], ["2021年8月", "13月", "月"]),
    ("which_period._BARE_QUARTER", ["第四季度", "三季度"], ["第五季度", "季度"]),
    (
        "workbook_texts._LABELED_VALUE",
        ["填报单位:昆明市", "统计时间 : 2021年", "填报单位(盖章):五华区", "报告期:"],
        ["填报单位", "单位:元", "时间:2021年"],
    ),
    (
        "workbook_texts._NOT_A_TITLE",
        ["一、个旧市", "(二)款物", "2021年8月8日", "2021.8.8"],
        ["昆明市捐赠明细表", "2021年8月捐赠明细", "一月捐赠"],
    ),
    (
        "which_sheet._GENERIC_TITLE_WORDS",
        ["捐赠明细表", "培训名册", "器官捐献统计表", "物资台账", "志愿者(2021)"],
        ["捐赠物资", "表彰名单"],
    ),
    ("words.YEAR_PREFIX", ["2021年99公益日", "2021年度", "1999捐赠"], ["99公益日", "21年"]),
    ("cell_formats._CELL_ADDRESS", [b' r="A1"', b' r="XFD1048576"'], [b' r="1"', b' s="A1"']),
    ("cell_formats._CELL_TAG", [b'<c r="A1">', b'<x:c r="A1" s="2">'], [b"<col>", b"<cols/>"]),
    ("spreadsheets._INDENT", [b">\n  <table:row", b"> </text:p>"], [b"><table:row", b">text <b>"]),
]  # fmt: skip

MODULES = {
    module.__name__.rpartition(".")[2]: module
    for module in (
        amounts, branches, dates, identifiers, words, cell_formats, spreadsheets,
        which_period, which_sheet, workbook_texts,
    )
}  # fmt: skip


def pattern_called(name):
    module, attribute = name.split(".")
    return getattr(MODULES[module], attribute)


@pytest.mark.parametrize(("name", "matching", "others"), WHOLE, ids=[row[0] for row in WHOLE])
def test_pattern_of_whole_texts_matches_its_examples_only(name, matching, others):
    pattern = pattern_called(name)

    assert [text for text in matching if not pattern.fullmatch(text)] == []
    assert [text for text in others if pattern.fullmatch(text)] == []


@pytest.mark.parametrize(("name", "matching", "others"), WITHIN, ids=[row[0] for row in WITHIN])
def test_pattern_within_texts_is_found_in_its_examples_only(name, matching, others):
    pattern = pattern_called(name)

    assert [text for text in matching if not pattern.search(text)] == []
    assert [text for text in others if pattern.search(text)] == []


@pytest.mark.parametrize(
    ("pattern", "template", "text", "cleaned"),
    [
        (_SPACED_NAME, r"\1\2", "张 三", "张三"),
        (_SPACED_NAME, r"\1\2", "张\u3000三", "张三"),
        (_SPACED_NAME, r"\1\2", "张 小三", "张 小三"),
        (_DOTTED_NAME, r"\1·\2", "买买提•艾力", "买买提·艾力"),
        (_DOTTED_NAME, r"\1·\2", "a•b", "a•b"),
    ],
)
def test_name_is_cleaned_as_in_the_example(pattern, template, text, cleaned):
    assert re.sub(pattern, template, text) == cleaned


def test_every_pattern_of_the_modules_has_examples():
    listed = {row[0] for row in WHOLE + WITHIN}
    written = {
        f"{short}.{name}"
        for short, module in MODULES.items()
        for name, value in vars(module).items()
        if isinstance(value, re.Pattern) and short not in ("words", "cell_formats")
    }

    assert written - listed == PLAIN


PLAIN = {
    "identifiers._OLD_RESIDENT_NUMBER",
    "identifiers._PHONE_SEPARATORS",
    "branches._LEVEL_CHARACTER",
    "which_period._ONE_YEAR",
    "which_period._DATE",
    "which_period._SERIAL",
    "workbook_texts._PERIOD_ALONE",
}
"""Patterns that need none: fixed lengths, lists of characters, or tested with their function."""
