"""The scheduled task of reports, run every ten minutes."""

from celery import shared_task
from django.utils import timezone

from redcross.accounts.tasks import ScopedTask
from redcross.periods import business_now
from redcross.reports.workflow import due_reports


class WritingTask(ScopedTask):
    """A task that writes each report in a transaction of its own."""

    abstract = True
    opens_own_scope = True


@shared_task(name="reports.issue_due", base=WritingTask)
def write_due_reports() -> None:
    """Write the reports that are due."""
    due_reports.write_due_reports(business_now(timezone.now()))
