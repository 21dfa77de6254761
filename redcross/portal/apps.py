"""The web shell."""

from django.apps import AppConfig


class PortalConfig(AppConfig):
    """Pages, navigation, home; makes the Celery application the current one."""

    name = "redcross.portal"
    label = "portal"
    verbose_name = "门户"

    def ready(self) -> None:
        # Not in redcross/__init__.py: the child that opens workbooks must start quickly.
        from redcross import celery  # noqa: F401, PLC0415  settings load first
