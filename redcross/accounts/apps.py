"""The app accounts; installs row-level security after every migration."""

from collections.abc import Sequence

from django.apps import AppConfig
from django.core import checks
from django.db import DatabaseError
from django.db.models.signals import (
    post_migrate,
)


def _install_policies(*, using: str, **_: object) -> None:
    from redcross.accounts.database.policies import install_policies  # noqa: PLC0415  models load after apps

    install_policies(using=using)


def _store_canary(*, using: str, **_: object) -> None:
    from redcross.accounts.canary import store_canary  # noqa: PLC0415  models load after apps

    store_canary(using=using)


def _check_keys(
    *, databases: Sequence[str] | None = None, **_: object
) -> list[checks.CheckMessage]:
    """Report under `manage.py check --database default` keys that do not match the data."""
    from redcross.accounts.canary import find_key_mismatch  # noqa: PLC0415  models load after apps

    try:
        message = find_key_mismatch() if databases else ""
    except DatabaseError:
        return []  # `migrate` on an empty database: there is no table to ask yet
    return [checks.Error(message, id="accounts.E001")] if message else []


class AccountsConfig(AppConfig):
    """Users, roles, scope, encryption."""

    name = "redcross.accounts"
    label = "accounts"
    verbose_name = "账户"

    def ready(self) -> None:
        post_migrate.connect(_install_policies, sender=self)
        post_migrate.connect(_store_canary, sender=self)
        checks.register(_check_keys, checks.Tags.database)
