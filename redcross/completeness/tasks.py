"""Reminders, at their hours."""

from celery import shared_task
from django.utils import timezone

from redcross.accounts.tasks import ScopedTask
from redcross.completeness import reminders


class RemindTask(ScopedTask):
    """Looks at every branch."""

    abstract = True
    system = True


@shared_task(name="completeness.remind", base=RemindTask, acks_late=True)
def remind() -> None:
    """Tell everybody what falls due."""
    reminders.send_reminders(timezone.now())
