"""Rename a field; the column keeps its name."""

import django.contrib.postgres.fields
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("completeness", "0004_move_unlock_requests")]

    operations = [
        migrations.AlterField(
            model_name="urging",
            name="told",
            field=django.contrib.postgres.fields.ArrayField(
                base_field=models.CharField(max_length=40),
                db_column="told",
                size=None,
                verbose_name="收件人",
            ),
        ),
        migrations.RenameField(model_name="urging", old_name="told", new_name="recipients"),
    ]
