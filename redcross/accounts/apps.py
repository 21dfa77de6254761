"""Accounts, and the policies laid after every migration."""

from django.apps import AppConfig
from django.db.models.signals import (
    post_migrate,
)


def _install_policies(*, using: str, **_: object) -> None:
    from redcross.accounts.policies import install_policies

    install_policies(using=using)


class AccountsConfig(AppConfig):
    """People, roles, scope, encryption."""

    name = "redcross.accounts"
    label = "accounts"
    verbose_name = "账户"

    def ready(self) -> None:
        post_migrate.connect(_install_policies, sender=self)
