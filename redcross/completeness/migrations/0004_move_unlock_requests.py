"""Hand unlock requests over to the app locks; the table stays."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("completeness", "0003_covering"), ("locks", "0001_initial")]

    operations = [
        migrations.SeparateDatabaseAndState(
            state_operations=[migrations.DeleteModel(name="UnlockRequest")]
        )
    ]
