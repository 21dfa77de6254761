"""The demonstration: invented workbooks sent through the import pipeline."""

from django.apps import AppConfig


class DemoConfig(AppConfig):
    """The demonstration: invented workbooks sent through the import pipeline."""

    name = "redcross.demo"
    label = "demo"
    verbose_name = "演示"
