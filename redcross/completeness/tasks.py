"""Celery tasks of completeness."""

from celery import shared_task
from django.utils import timezone

from redcross.accounts.tasks import ScopedTask
from redcross.completeness.reminders.scheduled import send_reminders


class RemindTask(ScopedTask):
    """Runs for the system, over every branch."""

    abstract = True
    system = True


@shared_task(name="completeness.remind", base=RemindTask, acks_late=True)
def remind() -> None:
    """Send the reminders that are due."""
    send_reminders(timezone.now())
