"""What beat asks every ten minutes."""

from celery import shared_task
from django.utils import timezone

from redcross.accounts.tasks import ScopedTask
from redcross.periods import business_now
from redcross.reports import due


class WritingTask(ScopedTask):
    """Writes each report in a transaction of its own."""

    abstract = True
    opens_own_scope = True


@shared_task(name="reports.issue_due", base=WritingTask)
def issue_due() -> None:
    """Write the reports that are due."""
    due.issue_due(business_now(timezone.now()))
