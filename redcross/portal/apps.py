"""The app portal."""

from django.apps import AppConfig


class PortalConfig(AppConfig):
    """Its name and label."""

    name = "redcross.portal"
    label = "portal"
    verbose_name = "门户"
