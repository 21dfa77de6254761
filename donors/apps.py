"""The three donations: blood, stem cells, organs and bodies."""

from django.apps import AppConfig


class DonorsConfig(AppConfig):
    """Its name and label."""

    name = "donors"
    verbose_name = "三献"
