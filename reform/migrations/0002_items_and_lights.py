"""What the reform asks of every branch, and when a task's light turns."""

import datetime as dt

from django.db import migrations

ITEMS = [
    ("independent-body", "机构单设（理顺）", "MEASURE"),
    ("body-rank", "机构规格", "WORDS"),
    ("body-nature", "机构性质", "WORDS"),
    ("staff-nature", "人员性质", "WORDS"),
    ("staff-quota", "编制数", "NUMBER"),
    ("staff-actual", "实有人数", "NUMBER"),
    ("party-group", "党组", "MEASURE"),
    ("party-leader", "党委分管领导", "MEASURE"),
    ("government-leader", "政府分管领导", "MEASURE"),
    ("council", "理事会换届", "MEASURE"),
    ("supervisors", "监事会", "MEASURE"),
    ("service-window", "服务窗口", "MEASURE"),
]


def add(apps, schema_editor):
    alias = schema_editor.connection.alias
    item = apps.get_model("reform", "GovernanceItem").objects.using(alias)
    for order, (code, name, kind) in enumerate(ITEMS, start=1):
        item.get_or_create(code=code, defaults={"name": name, "kind": kind, "order": order})
    rule = apps.get_model("reform", "LightRule").objects.using(alias)
    rule.get_or_create(effective_on=dt.date(2000, 1, 1), defaults={"yellow_points": 20})


class Migration(migrations.Migration):
    dependencies = [("reform", "0001_initial")]

    operations = [migrations.RunPython(add, migrations.RunPython.noop)]
