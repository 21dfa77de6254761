"""Celery tasks of exports."""

from celery import shared_task
from django.db import transaction
from django.utils import timezone

from redcross.accounts.tasks import ScopedTask
from redcross.exports import services
from redcross.exports.models import Export


class SweepTask(ScopedTask):
    """Runs for the system, without a user."""

    abstract = True
    system = True


def make_later(export: Export) -> None:
    """Queue the generation of an export for its user, once the transaction commits."""
    transaction.on_commit(
        lambda: make_export.apply_async(
            kwargs={"export_id": export.pk}, headers={"user_id": export.user_id}
        )
    )


@shared_task(name="exports.make", base=ScopedTask)
def make_export(*, export_id: int) -> None:
    """Generate a requested export."""
    services.generate_export(export_id, now=timezone.now())


@shared_task(name="exports.sweep", base=SweepTask)
def sweep_exports() -> None:
    """Delete expired export files."""
    services.expire_exports(now=timezone.now())
