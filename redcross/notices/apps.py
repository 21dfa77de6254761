"""The app notices: messages in the portal and by mail."""

from django.apps import AppConfig


class NoticesConfig(AppConfig):
    """Name and label of the app."""

    name = "redcross.notices"
    label = "notices"
    verbose_name = "通知"
