"""Hand period locks over to the app locks; the tables stay."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [
        ("completeness", "0004_move_unlock_requests"),
        ("locks", "0001_initial"),
        ("uploads", "0005_dropped_files_and_pending_actions"),
    ]

    operations = [
        migrations.SeparateDatabaseAndState(
            state_operations=[
                migrations.DeleteModel(name="PeriodException"),
                migrations.DeleteModel(name="PeriodLock"),
            ]
        )
    ]
