"""Phrases that classify rows below a heading, with examples of each."""

import re

import pytest

from redcross.uploads.cells.parsed import normalize_text
from redcross.uploads.passes import reporting_units, section_branches
from redcross.uploads.tables import header_search, phrases, row_classifier, table_unit
from redcross.uploads.validation import total_checks


def matching(pattern, texts, method="match"):
    """Return which of the texts a pattern matches, normalised as rows are."""
    return [text for text in texts if getattr(pattern, method)(normalize_text(text))]


@pytest.mark.parametrize(
    ("pattern", "method", "matches", "rejects"),
    [
        pytest.param(
            phrases.TOTAL,
            "match",
            ["合计", "合 计：", "总计", "本页小计", "以上合计", "捐款总额", "接收捐赠款物合计",
             "全省累计", "合计（元）", "总金额314540755.69", "（合计）", "捐赠资金总数"],
            ["合计科技公司", "示例合计", "共同", "总务科", "小计算机培训中心"],
            id="total",
        ),
        pytest.param(
            phrases.TOTAL_OF,
            "match",
            ["2月1日小计", "五华区合计：", "共57笔", "现共收到捐款300元", "社会各界共募集资金5000"],
            ["共产党员", "示例甲", "合计科技公司"],
            id="total-of",
        ),
        pytest.param(
            phrases.SIGNATURE,
            "match",
            ["填表人：示例", "制表：", "审核人：", "单位负责人（签字）：", "联系电话：0871-63620000",
             "统计时间：2021年8月", "截止日期：", "备注：", "开户银行：示例银行"],
            ["示例甲", "捐赠人", "地址不详", "时间银行"],
            id="signature",
        ),
        pytest.param(
            phrases.LABEL_WITH_COLON,
            "match",
            ["分管领导：", "科室（盖章）：", "联系电话：138"],
            ["领导", "一：", "2021：", "这一行说明文字超过了八个字："],
            id="label-with-colon",
        ),
        pytest.param(
            phrases.PAGE_FURNITURE,
            "fullmatch",
            ["单位：元", "（金额单位：万元）", "第2页", "第2页，共5页", "共5页", "2/5", "续表", "接上页"],
            ["单位捐款", "第2笔", "续表演出"],
            id="page-furniture",
        ),
        pytest.param(
            phrases.SUMMARY,
            "fullmatch",
            ["总交易单数", "订单总金额", "退款总金额", "手续费总额", "交易总计", "捐款合计金额"],
            ["交易金额", "总务", "订单号", "捐赠总人数"],
            id="summary",
        ),
        pytest.param(
            phrases.NOTE,
            "match",
            ["注：金额单位为万元", "备注1", "说明（一）", "附注:", "温馨提示：", "存在问题："],
            ["注册资本", "备注", "说明书三本"],
            id="note",
        ),
        pytest.param(
            phrases.NUMERIC_DAY,
            "match",
            ["2021-08-08", "2021.8.8", "2021/8/8"],
            ["2021-08.08", "21-8-8", "2021-08", "2021-08-08起"],
            id="numeric-day",
        ),
        pytest.param(
            row_classifier._PLAIN_NUMBER,
            "fullmatch",
            ["1", "1,234.5", "￥100", "-3", "1，234"],
            ["1,23", "一", "12人", ""],
            id="plain-number",
        ),
        pytest.param(
            header_search._UNIT_NOTE,
            "match",
            ["单位：元", "（金额单位：万元）", "货币单位为元"],
            ["捐赠额（单位：元）", "单位", "单位名称"],
            id="unit-note",
        ),
        pytest.param(
            table_unit.UNIT_CELL,
            "search",
            ["单位：万元", "金额单位为元", "（万元）", "计量单位万元", "单位均为万元"],
            ["单位：元/人", "单位名称", "万元户"],
            id="unit-cell",
        ),
        pytest.param(
            reporting_units._BRANCH_LIKE,
            "search",
            ["五华区", "大理州红十字会", "某某红会", "开远市"],
            ["某某中学", "示例公司", "区委办"],
            id="branch-like",
        ),
        pytest.param(
            section_branches._SECTION_NUMBER,
            "match",
            ["一、富宁县", "（二）官渡区", "3.盘龙区", "十二、五华区"],
            ["富宁县", "一富宁县", "二〇二一年"],
            id="section-number",
        ),
    ],
)  # fmt: skip
def test_phrase_matches_its_examples_and_nothing_else(pattern, method, matches, rejects):
    assert matching(pattern, [*matches, *rejects], method) == matches


@pytest.mark.parametrize(
    "text", ["一、单位捐款", "一.五华区", "（二）个人", "三", "十一、其他", "一）单位"]
)
def test_section_heading_is_a_numeral_before_a_mark_or_alone(text):
    assert re.search(phrases.SECTION, normalize_text(text))


@pytest.mark.parametrize("text", ["一、二", "一心一意", "1、单位", "五华区"])
def test_two_numerals_or_a_word_are_no_section_heading(text):
    assert not re.search(phrases.SECTION, normalize_text(text))


@pytest.mark.parametrize(
    ("text", "amount", "unit"),
    [
        ("总金额314540755.69", "314540755.69", None),
        ("共计捐款30.5万元", "30.5", "万元"),
        ("人民币1,234元整", "1,234", "元"),
    ],
)
def test_amount_behind_a_word_is_found_with_its_unit(text, amount, unit):
    match = total_checks._AMOUNT_AFTER_WORD.search(text)

    assert (match[1], match[2]) == (amount, unit)


@pytest.mark.parametrize("text", ["共计2856人次", "合计12笔", "第3期", "金额不详"])
def test_count_behind_a_word_is_no_amount(text):
    assert total_checks._AMOUNT_AFTER_WORD.search(text) is None
