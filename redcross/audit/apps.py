"""The app audit: the access log."""

from django.apps import AppConfig


class AuditConfig(AppConfig):
    """Name and label of the app."""

    name = "redcross.audit"
    label = "audit"
    verbose_name = "访问日志"
