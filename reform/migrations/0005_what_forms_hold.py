"""Shares of what is done keep two places."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("reform", "0004_evidence_is_asked_for"),
    ]

    operations = [
        migrations.AlterField(
            model_name="taskprogress",
            name="percent",
            field=models.DecimalField(
                decimal_places=2, default=0, max_digits=7, verbose_name="完成率（%）"
            ),
        ),
        migrations.AlterField(
            model_name="taskprogressevent",
            name="percent",
            field=models.DecimalField(
                decimal_places=2, default=0, max_digits=7, verbose_name="完成率（%）"
            ),
        ),
    ]
