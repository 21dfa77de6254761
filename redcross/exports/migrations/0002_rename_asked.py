"""Rename a field; the column keeps its name."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("exports", "0001_initial")]

    operations = [
        migrations.AlterField(
            model_name="export",
            name="asked",
            field=models.JSONField(
                blank=True, db_column="asked", default=dict, verbose_name="条件"
            ),
        ),
        migrations.RenameField(model_name="export", old_name="asked", new_name="parameters"),
    ]
