"""Exports in a worker."""

from celery import shared_task
from django.utils import timezone

from redcross.accounts.tasks import ScopedTask
from redcross.exports import services


class SweepTask(ScopedTask):
    """Acts for the system."""

    abstract = True
    system = True


@shared_task(name="exports.make", base=ScopedTask)
def make_export(*, export_id: int) -> None:
    """Make a file somebody waits for."""
    services.generate_export(export_id, now=timezone.now())


@shared_task(name="exports.sweep", base=SweepTask)
def sweep_exports() -> None:
    """Remove what has expired."""
    services.expire_exports(now=timezone.now())
