"""What beat asks of accounts, a few times a day."""

from celery import shared_task
from django.utils import timezone

from redcross.accounts.tasks import ScopedTask
from redcross.people.unused import close_unused


class KeepingTask(ScopedTask):
    """Acts for the system."""

    abstract = True
    system = True


@shared_task(name="people.close_unused", base=KeepingTask)
def close_unused_accounts() -> None:
    """Warn and close accounts nobody uses."""
    close_unused(now=timezone.now())
