"""The app portal."""

from django.apps import AppConfig


class PortalConfig(AppConfig):
    """Home, navigation, search, help, record pages; loads the Celery application."""

    name = "redcross.portal"
    label = "portal"
    verbose_name = "门户"

    def ready(self) -> None:
        # Not in redcross/__init__.py: the process that opens workbooks must start quickly.
        from redcross import celery  # noqa: F401, PLC0415  settings load first
