"""A completed task without evidence is asked about, and passes with a reason."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [
        ("reform", "0003_facts_end_where_the_next_begins"),
    ]

    operations = [
        migrations.RemoveConstraint(
            model_name="taskprogress",
            name="task_completed_with_evidence",
        ),
    ]
