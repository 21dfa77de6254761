"""The courses' hours, pass marks and validity as they stood when the portal began."""

import datetime as dt

from django.db import migrations

_SINCE = dt.date(2000, 1, 1)
RULES = [
    ("FIRST_AIDER", 16, 60, 36),
    ("RENEWAL", 8, 60, 36),
    ("CPR_AED", 8, 60, 24),
    ("INSTRUCTOR", 40, 80, 60),
]


def add(apps, schema_editor):
    alias = schema_editor.connection.alias
    rule = apps.get_model("training", "CourseRule").objects.using(alias)
    for course, hours, mark, months in RULES:
        rule.get_or_create(
            course=course,
            effective_on=_SINCE,
            defaults={
                "hours": hours,
                "theory_pass_mark": mark,
                "validity_months": months,
                "source": "启用时的默认规定，可在此修改",
            },
        )


class Migration(migrations.Migration):
    dependencies = [("training", "0001_initial")]

    operations = [migrations.RunPython(add, migrations.RunPython.noop)]
