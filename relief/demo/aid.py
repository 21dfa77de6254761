"""Invented workbooks of projects, aid granted and applications."""

import datetime as dt
import random

from redcross.demo.fake_data import (
    id_number,
    list_prefectures,
    mobile_number,
    office_table,
    person_name,
    plain_table,
    split_amount,
)
from redcross.uploads.cells.identifiers import birth_date
from relief.demo.plan import HOME_FUNDS, HOMES, MEDICAL_TIMES, SOCIETY, Rows


def build_projects() -> bytes:
    rng = random.Random("projects")
    towns = list_prefectures()
    rows: Rows = []
    for index, part in enumerate(split_amount(HOME_FUNDS, HOMES, rng, step=1000)):
        begun = dt.date(2020, 9, 1) if index % 3 == 0 else dt.date(2021, 4, 1)
        done = index % 2 == 0
        rows.append(
            (
                towns[index].name, "博爱家园", f"{towns[index].short_name}示例村博爱家园项目", "示例村",
                "中央专项彩票公益金", part, part, part * 7 // 10, rng.randrange(800, 3000), begun,
                dt.date(2021, 11, 20) if done else "", "已完工" if done else "实施中",
                "完成组织发展、软件、硬件与生计发展（循环借款）",
            )
        )  # fmt: skip
    for index, brand in enumerate(("滇苗助学", "博爱健康行", "博爱云南行", "博爱急救站")):
        value = (index + 2) * 600_000
        rows.append(
            (
                "云南省", brand, f"2021年{brand}项目", "全省", "捐赠", value, value, value * 8 // 10,
                (index + 1) * 1500, dt.date(2021, 1, 10), "", "实施中", "按计划实施",
            )
        )  # fmt: skip
    headings = (
        "实施单位", "项目类型", "项目名称", "实施地点", "资金来源", "项目预算", "到位资金", "支出", "受益人数",
        "启动日期", "完成日期", "项目状态", "项目进展",
    )  # fmt: skip
    return office_table("救助项目台账（2021年）", headings, rows, society=SOCIETY, unit="元")


def build_grants() -> bytes:
    rng = random.Random("grants")
    towns = list_prefectures()
    rows: Rows = []
    illnesses = (
        ("博爱健康行", "先心病"), ("博爱云南行", "大病"), ("红十字天使计划", "白血病"), ("博爱健康行", "大病"),
    )  # fmt: skip
    for index, part in enumerate(split_amount(MEDICAL_TIMES, 320, rng, step=1)):
        brand, disease = illnesses[index % 4]
        rows.append(
            (
                towns[index % 16].name, brand, dt.date(2021, rng.randrange(1, 13), rng.randrange(1, 29)),
                disease, part, part * rng.randrange(300, 900), "捐赠" if index % 3 else "财政",
            )
        )  # fmt: skip
    for index in range(48):
        rows.append(
            (
                towns[index % 16].name, "滇苗助学", dt.date(2021, 8 + index % 2, 1 + index % 28), "",
                40 + index, (40 + index) * 1000, "捐赠",
            )
        )  # fmt: skip
    headings = ("州市", "救助项目", "救助日期", "病种", "救助人次", "救助金额（元）", "资金来源")
    return plain_table("救助发放台账", headings, rows)


def build_applications() -> bytes:
    rng = random.Random("applications")
    towns = list_prefectures()
    bands = ((7_500, 5_000), (12_000, 10_000), (18_000, 15_000), (26_000, 20_000), (52_000, 30_000))
    rows: Rows = []
    for index in range(120):
        leukaemia = index % 3 == 0
        own, grant = (90_000, 30_000) if leukaemia else bands[index % 5]
        applied = dt.date(2021, rng.randrange(1, 11), rng.randrange(1, 25))
        paid = applied + dt.timedelta(days=50)
        number = id_number(index * 20, male=index % 2 == 0, first=dt.date(2012, 1, 1))
        rows.append(
            (
                towns[index % 16].name, "小天使基金" if leukaemia else "天使阳光基金", person_name(rng),
                birth_date(number), number,
                "白血病" if leukaemia else "先心病", "示例儿童医院", "否", own, person_name(rng),
                mobile_number(rng), applied, applied + dt.timedelta(days=5),
                applied + dt.timedelta(days=15), applied + dt.timedelta(days=30),
                applied + dt.timedelta(days=40), grant, grant, paid,
            )
        )  # fmt: skip
    headings = (
        "户籍地", "申请基金", "患儿姓名", "出生日期", "身份证号", "病种", "医院", "是否移植", "家庭自付（元）",
        "监护人", "电话", "申请日期", "初审", "审核", "评审", "公示", "拟资助金额（元）", "资助金额（元）", "拨付日期",
    )  # fmt: skip
    return plain_table("天使计划救助申请汇总表", headings, rows)
