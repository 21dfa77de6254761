"""Operation of the portal: backups, keys, metrics, checks, migrations."""

from django.apps import AppConfig


class OpsConfig(AppConfig):
    """Operation of the portal: backups, keys, metrics, checks, migrations."""

    name = "redcross.ops"
    label = "ops"
    verbose_name = "运维"

    def ready(self) -> None:
        from redcross.ops import checks  # noqa: F401, PLC0415  settings load first
