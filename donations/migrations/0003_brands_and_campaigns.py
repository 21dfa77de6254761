"""The province's fundraising brands, and the campaigns its figures speak of."""

import datetime as dt

from django.db import migrations

FUNDS = [
    ("dianmiao", "滇苗助学", "BRAND", ["滇苗助学计划", "“滇苗助学”"], "资助困难学生"),
    ("boai-yunnan", "博爱云南行", "BRAND", ["“博爱云南行”"], "人道救助"),
    ("boai-health", "博爱健康行", "BRAND", ["“博爱健康行”"], "医疗救助"),
    ("boai-station", "博爱急救站", "BRAND", ["“博爱急救站”", "急救站"], "学校、社区急救站建设"),
    ("boai-home", "博爱家园", "PURPOSE", ["“博爱家园”"], "社区综合发展"),
    (
        "boai-families",
        "博爱送万家",
        "PURPOSE",
        ["“博爱送万家”", "红十字博爱送万家"],
        "困难群众慰问",
    ),
    (
        "angel",
        "红十字天使计划",
        "PURPOSE",
        ["天使计划", "小天使基金", "天使阳光基金"],
        "大病患儿救助",
    ),
    ("general", "非定向捐赠", "GENERAL", ["非定向", "一般捐赠", "通用"], "由红十字会统筹使用"),
]
CAMPAIGNS = [
    (
        "99-2020",
        "2020年99公益日",
        "DAY_99",
        dt.date(2020, 9, 7),
        dt.date(2020, 9, 9),
        "",
        False,
        ["99公益日2020"],
    ),
    (
        "99-2021",
        "2021年99公益日",
        "DAY_99",
        dt.date(2021, 9, 1),
        dt.date(2021, 9, 10),
        "",
        False,
        ["99公益日", "“99公益日”", "99公益日2021"],
    ),
    (
        "58-2021",
        "2021年5·8人道公益日",
        "DAY_58",
        dt.date(2021, 5, 7),
        dt.date(2021, 5, 10),
        "",
        False,
        ["5·8人道公益日"],
    ),
    (
        "yangbi-2021",
        "“5·21”漾濞地震",
        "APPEAL",
        dt.date(2021, 5, 21),
        None,
        "大理州漾濞县",
        False,
        ["漾濞地震", "漾濞6.4级地震", "5.21漾濞地震", "5·21漾濞地震"],
    ),
    (
        "henan-2021",
        "河南郑州洪涝灾害",
        "APPEAL",
        dt.date(2021, 7, 20),
        None,
        "河南省郑州市",
        True,
        ["河南洪涝", "郑州洪涝", "驰援河南"],
    ),
    (
        "covid-2020",
        "新冠肺炎疫情",
        "APPEAL",
        dt.date(2020, 1, 23),
        None,
        "",
        False,
        ["新冠疫情", "疫情防控", "抗击新冠肺炎疫情"],
    ),
]


def add(apps, schema_editor):
    database = schema_editor.connection.alias
    fund, campaign = apps.get_model("donations", "Fund"), apps.get_model("donations", "Campaign")
    for code, name, kind, others, purpose in FUNDS:
        fund.objects.using(database).create(
            code=code, name=name, kind=kind, other_names=others, purpose=purpose
        )
    for code, name, kind, starts, ends, place, outside, others in CAMPAIGNS:
        campaign.objects.using(database).create(
            code=code,
            name=name,
            kind=kind,
            starts_on=starts,
            ends_on=ends,
            place=place,
            outside_province=outside,
            other_names=others,
        )


class Migration(migrations.Migration):
    dependencies = [("donations", "0002_campaign_kind_follows_its_campaign")]

    operations = [migrations.RunPython(add, migrations.RunPython.noop)]
