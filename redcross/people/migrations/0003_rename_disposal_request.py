"""Rename a model; the table keeps its name."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("people", "0002_disposal_requests")]

    operations = [
        migrations.AlterModelTable(name="disposalrequest", table="people_disposalrequest"),
        migrations.RenameModel(old_name="DisposalRequest", new_name="AccountActionRequest"),
    ]
