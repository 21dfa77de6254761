"""Invented workbooks of key tasks."""

import datetime as dt
import random

from redcross.demo.fake_data import (
    office_table,
)
from reform.demo.plan import SOCIETY, TASKS_2021, TASKS_2022, Rows

_TASKS = (
    "序号", "重点任务", "具体指标", "责任部门/单位", "完成时限", "进展情况", "完成率", "状态", "存在问题",
    "下步措施", "佐证", "完成日期",
)  # fmt: skip


def build_tasks_midyear() -> bytes:
    rows: Rows = [
        (
            number, name, measure, department, dt.date(2021, 12, 31), f"按计划推进，已完成{45 + number}%",
            45 + number, "推进中", "" if number % 5 else "个别州市进度偏慢", "加强督办", "", "",
        )
        for number, (name, measure, department) in enumerate(TASKS_2021, start=1)
    ]  # fmt: skip
    return office_table("2021年度重点任务推进表（上半年）", _TASKS, rows, society=SOCIETY)


def build_tasks_2021() -> bytes:
    rng = random.Random("tasks")
    rows: Rows = [
        (
            number, name, measure, department, dt.date(2021, 12, 31), "已按要求完成", 100, "已完成", "",
            "巩固成果", f"示例佐证材料第{number}号", dt.date(2021, rng.randrange(9, 13), 20),
        )
        for number, (name, measure, department) in enumerate(TASKS_2021, start=1)
    ]  # fmt: skip
    return office_table("2021年度重点任务推进表（全年）", _TASKS, rows, society=SOCIETY)


def build_tasks_2022() -> bytes:
    rows: Rows = [
        (
            number, name, measure, department, dt.date(2022, 12, 31), "已制定年度方案", 5 + number % 4,
            "推进中", "", "分解任务", "", "",
        )
        for number, (name, measure, department) in enumerate(TASKS_2022, start=1)
    ]  # fmt: skip
    return office_table("2022年度重点任务推进表（1月）", _TASKS, rows, society=SOCIETY)
