"""The app audit."""

from django.apps import AppConfig


class AuditConfig(AppConfig):
    """Its name and label."""

    name = "redcross.audit"
    label = "audit"
    verbose_name = "访问日志"
