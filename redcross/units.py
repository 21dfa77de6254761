"""Units of measure of figures and of workbook headings."""

import decimal

from django.db import models


class Unit(models.TextChoices):
    """The unit in which a value is stored; headings may state a multiple of it."""

    YUAN = "YUAN", "元"
    PEOPLE = "PEOPLE", "人"
    PERSONS = "PERSONS", "名"
    PEOPLE_TIMES = "PEOPLE_TIMES", "人次"
    CASES = "CASES", "例"
    PIECES = "PIECES", "个"
    ITEMS = "ITEMS", "项"
    BATCHES = "BATCHES", "批"
    SESSIONS = "SESSIONS", "期"
    EVENTS = "EVENTS", "场"
    ORGANS = "ORGANS", "枚"
    SAMPLES = "SAMPLES", "人份"
    MILLILITRES = "MILLILITRES", "毫升"
    HOURS = "HOURS", "小时"
    HOUSEHOLDS = "HOUSEHOLDS", "户"
    TICKETS = "TICKETS", "份"
    TEAMS = "TEAMS", "支"
    DEVICES = "DEVICES", "台"
    LINES = "LINES", "笔"
    PLACE = "PLACE", "位"
    PERCENT = "PERCENT", "%"
    NONE = "NONE", ""


MULTIPLES = {
    "": decimal.Decimal(1),
    "百": decimal.Decimal(100),
    "千": decimal.Decimal(1000),
    "万": decimal.Decimal(10_000),
    "百万": decimal.Decimal(1_000_000),
    "千万": decimal.Decimal(10_000_000),
    "亿": decimal.Decimal(100_000_000),
}
