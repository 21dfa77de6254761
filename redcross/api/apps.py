"""The app api: the HTTP interface for programs."""

from django.apps import AppConfig


class ApiConfig(AppConfig):
    """Its name and label."""

    name = "redcross.api"
    label = "api"
    verbose_name = "接口"
