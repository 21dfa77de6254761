"""Invented workbooks of goods in stores and of rescue teams."""

import datetime as dt
import random

from redcross.demo.fake_data import (
    list_prefectures,
    office_table,
    person_name,
    plain_table,
)
from relief.demo.plan import EARTHQUAKE, SOCIETY, Rows


def build_stock() -> bytes:
    rng = random.Random("stock")
    items = (
        ("赈济家庭包", 300, 2400), ("棉帐篷", 1200, 500), ("棉被", 120, 6000), ("折叠床", 180, 1200),
        ("毛巾被", 60, 2500),
    )  # fmt: skip
    rows: Rows = []
    for index, (item, price, quantity) in enumerate(items, start=1):
        rows.append(
            (
                "云南省", "省备灾中心", dt.date(2021, 1, 12), f"RK2021-{index:03d}", "采购入库", item, quantity,
                price, quantity * price, "示例物资供应商", "", "否", "", person_name(rng),
            )
        )  # fmt: skip
        sent = quantity // 6
        rows.append(
            (
                "云南省", "省备灾中心", dt.date(2021, 5, 22), f"CK2021-{index:03d}", "出库", item, sent, price,
                sent * price, "大理州红十字会", EARTHQUAKE, "是", dt.date(2021, 5, 24), person_name(rng),
            )
        )  # fmt: skip
    rows.append(
        (
            "大理白族自治州", "漾濞前方接收点", dt.date(2021, 5, 23), "ZZ2021-001", "应急直转", "大米", 400, 90,
            36_000, "示例爱心企业直送安置点", EARTHQUAKE, "是", "", person_name(rng),
        )
    )  # fmt: skip
    headings = (
        "单位", "仓库", "日期", "单据号", "类别", "品名", "数量", "单价", "金额", "来源或去向", "灾害事件",
        "先发后补", "手续补齐日期", "经手人",
    )  # fmt: skip
    return office_table("救灾物资出入库台账（2021年）", headings, rows, society=SOCIETY, unit="元")


def build_teams() -> bytes:
    rng = random.Random("teams")
    kinds = ("赈济", "医疗", "供水", "大众卫生", "心理", "搜救", "水上救生")
    rows: Rows = [
        (
            "云南省", "云南省红十字大众卫生救援队", "大众卫生", "国家级", 42, dt.date(2013, 10, 10),
            dt.date(2021, 9, 16), "净水、消杀、厕所搭建设备",
        ),
        (
            "云南省", "云南省红十字赈济救援队", "赈济", "省级", 30, dt.date(2012, 6, 1),
            dt.date(2021, 10, 20), "赈济家庭包发放与安置点管理设备",
        ),
    ]  # fmt: skip
    rows += [
        (
            town.name, f"{town.short_name}红十字{kinds[index % 7]}救援队", kinds[index % 7], "州市级",
            rng.randrange(12, 40), dt.date(2015 + index % 6, 3, 5), dt.date(2021, 3 + index % 8, 18),
            "通信、照明、急救装备",
        )
        for index, town in enumerate(list_prefectures())
    ]  # fmt: skip
    headings = (
        "单位",
        "队伍名称",
        "类别",
        "级别",
        "队员人数",
        "组建日期",
        "最近演练日期",
        "主要装备",
    )
    return plain_table("救援队名册", headings, rows)
