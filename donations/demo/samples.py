"""Ledgers for visitors to try."""

import datetime as dt
from collections.abc import Iterator

from redcross.demo.declaration import visitor_file_source
from redcross.demo.fake_data import (
    plain_table,
)

_HEADINGS = (
    "序号", "单位", "捐赠人", "金额（元）", "到账日期", "渠道", "基金", "联系电话", "票据号",
)  # fmt: skip
_CORRECT_ROWS = [
    (1, "蒙自市", "云岭示例商贸有限公司", 20000, "2022-01-05", "银行", "滇苗助学", "", "2200000001"),
    (2, "个旧市", "李示例", 500, "2022.1.8", "微信", "博爱健康行", "13800001234", "2200000002"),
    (3, "弥勒市", "爱心人士", 1288.5, "2022年1月12日", "支付宝", "非定向捐赠", "", "2200000003"),
]  # fmt: skip
_FAULTY_ROWS = [
    _CORRECT_ROWS[0],
    (2, "个旧市", "李示例", "五百元", "2022.1.8", "微信", "博爱健康行", "1380000", "2200000002"),
    (3, "盘龙区", "爱心人士", 1288.5, "2022年13月12日", "支付宝", "不存在的基金", "", "2200000003"),
    (4, "开远市", "赵示例", 300, "2021-12-30", "现金", "滇苗助学", "", "2200000004"),
]  # fmt: skip


@visitor_file_source
def build_faulty_files() -> Iterator[tuple[str, bytes]]:
    """Yield a January workbook with faults to find, and the same corrected."""
    title = "红河州红十字会捐赠款物明细表（2022年1月）"
    faulty = plain_table(title, _HEADINGS, _FAULTY_ROWS)
    yield "红河州2022年1月捐赠明细（有错误）.xlsx", faulty
    correct = plain_table(title, _HEADINGS, _CORRECT_ROWS)
    yield "红河州2022年1月捐赠明细（已改正）.xlsx", correct


@visitor_file_source
def build_county_gift_files() -> Iterator[tuple[str, bytes]]:
    """The ledger of a county clerk's January, with nothing to find."""
    headings = ("序号", "捐赠人", "金额（元）", "到账日期", "渠道", "是否定向", "票据号")
    rows = [
        (1, "云岭示例商贸有限公司", 30_000, dt.date(2022, 1, 6), "银行", "否", "2201020001"),
        (2, "李示例", 200, dt.date(2022, 1, 11), "微信", "否", "2201020002"),
        (3, "爱心人士", 66.6, dt.date(2022, 1, 19), "支付宝", "否", "2201020003"),
        (4, "彩云示例物流有限公司", 8_000, dt.date(2022, 1, 27), "银行", "否", "2201020004"),
    ]
    title = "五华区红十字会捐赠款物明细表（2022年1月）"
    yield "五华区2022年1月捐赠明细.xlsx", plain_table(title, headings, rows)
