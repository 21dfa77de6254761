"""The brands, editions, events, goods and the angel plan's bands the province begins with."""

import datetime as dt

from django.db import migrations

PROGRAMMES = [
    ("boai-home", "博爱家园", ["“博爱家园”"], "社区综合发展", False),
    ("boai-families", "博爱送万家", ["“博爱送万家”", "送万家"], "困难群众慰问", False),
    ("boai-yunnan", "博爱云南行", ["“博爱云南行”"], "人道救助", True),
    ("boai-health", "博爱健康行", ["“博爱健康行”"], "医疗救助", True),
    ("dianmiao", "滇苗助学", ["“滇苗助学”"], "资助困难学生", False),
    ("angel", "红十字天使计划", ["天使计划", "小天使基金", "天使阳光基金"], "大病患儿救助", True),
    ("boai-station", "博爱急救站", ["“博爱急救站”"], "学校、社区急救站建设", False),
]
EDITIONS = [
    ("families-2020", "2020年博爱送万家", dt.date(2019, 12, 15), dt.date(2020, 2, 29)),
    ("families-2021", "2021年博爱送万家", dt.date(2021, 1, 1), dt.date(2021, 12, 31)),
    ("families-2022", "2022年博爱送万家", dt.date(2022, 1, 1), None),
]
EVENTS = [
    (
        "yangbi-2021", "“5·21”漾濞地震", dt.date(2021, 5, 21), "大理州漾濞县", False, "99.870000",
        "25.670000", ["漾濞地震", "漾濞6.4级地震", "5·21漾濞地震"],
    ),
    (
        "henan-2021", "河南郑州洪涝灾害", dt.date(2021, 7, 20), "河南省郑州市", True, "113.620000",
        "34.750000", ["河南洪涝", "郑州洪涝"],
    ),
    ("covid-2020", "新冠肺炎疫情", dt.date(2020, 1, 23), "", False, None, None, ["新冠疫情", "疫情防控"]),
]  # fmt: skip
ITEMS = [
    ("family-kit", "赈济家庭包", "个", 2000),
    ("cotton-tent", "棉帐篷", "顶", 500),
    ("quilt", "棉被", "床", 5000),
    ("folding-bed", "折叠床", "张", 1000),
    ("towelling-quilt", "毛巾被", "床", 2000),
    ("mask", "医用外科口罩", "只", 50000),
    ("rice", "大米", "袋", 500),
]
SINCE = dt.date(2019, 1, 1)
SUNSHINE = [(5000, 10000, 5000), (10000, 15000, 10000), (15000, 20000, 15000), (20000, 30000, 20000), (30000, None, 30000)]  # fmt: skip


def add(apps, schema_editor):
    alias = schema_editor.connection.alias

    def table(name, app="relief"):
        return apps.get_model(app, name).objects.using(alias)

    for code, name, others, purpose, medical in PROGRAMMES:
        table("Programme").get_or_create(
            code=code,
            defaults={"name": name, "other_names": others, "purpose": purpose, "medical": medical},
        )
    for code, name, starts, ends in EDITIONS:
        table("Edition").get_or_create(
            code=code,
            defaults={
                "name": name,
                "programme_id": "boai-families",
                "starts_on": starts,
                "ends_on": ends,
                "other_names": [f"{name[:5]}“博爱送万家”"],
            },
        )
    appeals = set(table("Campaign", "donations").values_list("code", flat=True))
    for code, name, day, place, outside, longitude, latitude, others in EVENTS:
        table("Event").get_or_create(
            code=code,
            defaults={
                "name": name,
                "happened_on": day,
                "place": place,
                "outside_province": outside,
                "longitude": longitude,
                "latitude": latitude,
                "appeal_id": code if code in appeals else None,
                "other_names": others,
            },
        )
    for code, name, unit, reserve in ITEMS:
        table("Item").get_or_create(
            code=code, defaults={"name": name, "unit": unit, "reserve": reserve}
        )
    for transplanted, grant in ((False, 30000), (True, 50000)):
        table("AidBand").get_or_create(
            fund="LITTLE_ANGEL",
            effective_on=SINCE,
            transplanted=transplanted,
            above=0,
            defaults={"grant": grant},
        )
    for transplanted in (False, True):
        for above, up_to, grant in SUNSHINE:
            table("AidBand").get_or_create(
                fund="SUNSHINE",
                effective_on=SINCE,
                transplanted=transplanted,
                above=above,
                defaults={"grant": grant, "up_to": up_to},
            )
    for fund, cap, oldest in (("LITTLE_ANGEL", 50000, 18), ("SUNSHINE", 30000, 14)):
        table("AidCap").get_or_create(
            fund=fund, effective_on=SINCE, defaults={"cap": cap, "oldest": oldest}
        )


class Migration(migrations.Migration):
    dependencies = [
        ("relief", "0001_initial"),
        ("donations", "0003_brands_and_campaigns"),
    ]

    operations = [migrations.RunPython(add, migrations.RunPython.noop)]
