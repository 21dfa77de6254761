"""Uploads: finds every app's sheets, and closes months after each migration."""

from pathlib import Path

from django.apps import AppConfig, apps
from django.db.models.signals import (
    post_migrate,
)
from django.utils.module_loading import autodiscover_modules

from redcross.uploads.schema.vocabulary import require_loaded


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
        for config in apps.get_app_configs():
            if config is not self:  # its own lists belong to no sheet
                require_loaded(Path(config.path) / "vocabulary")
        post_migrate.connect(_install_locks, sender=self)
