"""Periodic documents with the figures of the portal."""

from django.apps import AppConfig


class ReportsConfig(AppConfig):
    """Name and label of the app."""

    name = "redcross.reports"
    label = "reports"
    verbose_name = "报告"
