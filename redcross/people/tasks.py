"""Celery tasks of accounts."""

from celery import shared_task
from django.utils import timezone

from redcross.accounts.tasks import ScopedTask
from redcross.people.inactive_accounts import close_inactive_accounts


class MaintenanceTask(ScopedTask):
    """Runs for the system, without a user."""

    abstract = True
    system = True


@shared_task(name="people.close_unused", base=MaintenanceTask)
def close_unused_accounts() -> None:
    """Warn and close unused accounts."""
    close_inactive_accounts(now=timezone.now())
