"""The app locks: period locks, and the database triggers that enforce them."""

from django.apps import AppConfig
from django.db.models.signals import (
    post_migrate,
)


def _install_triggers(*, using: str, **_: object) -> None:
    from redcross.locks.triggers import install_period_triggers  # noqa: PLC0415  models load after apps

    install_period_triggers(using=using)


class LocksConfig(AppConfig):
    """Installs the triggers after every migration."""

    name = "redcross.locks"
    label = "locks"
    verbose_name = "锁定与解锁"

    def ready(self) -> None:
        post_migrate.connect(_install_triggers, sender=self)
