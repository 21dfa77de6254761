"""The app exports."""

from django.apps import AppConfig


class ExportsConfig(AppConfig):
    """Its name and label."""

    name = "redcross.exports"
    label = "exports"
    verbose_name = "导出"
