"""Declared boards of figures."""

from django.apps import AppConfig


class DashboardsConfig(AppConfig):
    """Name and label of the app."""

    name = "redcross.dashboards"
    label = "dashboards"
    verbose_name = "看板"
