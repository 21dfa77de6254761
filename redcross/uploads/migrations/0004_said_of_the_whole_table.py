"""What an uploader says of every row of a table."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("uploads", "0003_parcels_and_lines"),
    ]

    operations = [
        migrations.AddField(
            model_name="upload",
            name="stated",
            field=models.JSONField(blank=True, default=dict, verbose_name="整张表填写"),
        ),
    ]
