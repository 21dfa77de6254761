"""The app completeness: obligations, reminders, the progress board."""

from django.apps import AppConfig


class CompletenessConfig(AppConfig):
    """Its name and label."""

    name = "redcross.completeness"
    label = "completeness"
    verbose_name = "报送进度"
