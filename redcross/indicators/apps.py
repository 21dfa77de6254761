"""The app indicators."""

from django.apps import AppConfig


class IndicatorsConfig(AppConfig):
    """Its name and label."""

    name = "redcross.indicators"
    label = "indicators"
    verbose_name = "指标"
