"""The app uploads."""

from django.apps import AppConfig


class UploadsConfig(AppConfig):
    """Its name and label."""

    name = "redcross.uploads"
    label = "uploads"
    verbose_name = "数据报送"
