"""The app dashboards."""

from django.apps import AppConfig


class DashboardsConfig(AppConfig):
    """Its name and label."""

    name = "redcross.dashboards"
    label = "dashboards"
    verbose_name = "看板"
