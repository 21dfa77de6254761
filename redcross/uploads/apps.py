"""Uploads: finds every app's sheets, and closes months after each migration."""

from django.apps import AppConfig
from django.db.models.signals import (
    post_migrate,
)
from django.utils.module_loading import autodiscover_modules


def _install_locks(*, using: str, **_: object) -> None:
    from redcross.uploads.database.period_triggers import install_period_triggers  # noqa: PLC0415  models load after apps

    install_period_triggers(using=using)


class UploadsConfig(AppConfig):
    """The road from a workbook to records."""

    name = "redcross.uploads"
    label = "uploads"
    verbose_name = "数据报送"

    def ready(self) -> None:
        autodiscover_modules("sheets")
        post_migrate.connect(_install_locks, sender=self)
