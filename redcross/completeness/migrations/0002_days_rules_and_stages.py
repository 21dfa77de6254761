"""The days of 2020–2026, one rule for all sheets, and the usual reminders; all are edited later."""

import csv
from pathlib import Path

from django.db import migrations

DAYS = Path(__file__).parent.parent / "data" / "days.csv"
STAGES = [
    (-2, ["CLERK"], "还有2个工作日到期，请及时报送：{items}。"),
    (0, ["CLERK"], "今天截止，请当日报送：{items}。"),
    (1, ["CLERK", "REVIEWER"], "已逾期1个工作日，请尽快报送：{items}。"),
    (3, ["CLERK", "REVIEWER", "DESK"], "已逾期3个工作日，请督促报送：{items}。"),
]


def fill(apps, schema_editor):
    using = schema_editor.connection.alias
    day = apps.get_model("completeness", "CalendarDay")
    with DAYS.open(encoding="utf-8", newline="") as lines:
        day.objects.using(using).bulk_create(day(**row) for row in csv.DictReader(lines))
    apps.get_model("completeness", "DueRule").objects.using(using).create(sheet="")
    stage = apps.get_model("completeness", "ReminderStage")
    stage.objects.using(using).bulk_create(
        stage(offset=offset, audiences=audiences, text=text) for offset, audiences, text in STAGES
    )


class Migration(migrations.Migration):
    dependencies = [("completeness", "0001_initial")]

    operations = [migrations.RunPython(fill, migrations.RunPython.noop)]
