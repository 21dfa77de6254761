"""Loads every app's declarations, and installs the rollup after each migration."""

from django.apps import AppConfig
from django.db.models.signals import (
    post_migrate,
)
from django.utils.module_loading import autodiscover_modules


def _install_rollup(*, using: str, **_: object) -> None:
    from redcross.indicators.rollup import install  # noqa: PLC0415  models load after apps

    install(using=using)


class IndicatorsConfig(AppConfig):
    """Declared figures, their rollup and their answers."""

    name = "redcross.indicators"
    label = "indicators"
    verbose_name = "指标"

    def ready(self) -> None:
        autodiscover_modules("indicators")
        from redcross.indicators import rollup  # noqa: F401, PLC0415  models load after apps

        post_migrate.connect(_install_rollup, sender=self)
