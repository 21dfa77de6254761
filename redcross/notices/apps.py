"""The app notices."""

from django.apps import AppConfig


class NoticesConfig(AppConfig):
    """Its name and label."""

    name = "redcross.notices"
    label = "notices"
    verbose_name = "通知"
