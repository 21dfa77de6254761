"""The app reports."""

from django.apps import AppConfig


class ReportsConfig(AppConfig):
    """Its name and label."""

    name = "redcross.reports"
    label = "reports"
    verbose_name = "报告"
