"""Humanitarian aid, projects, disaster response and stores."""

from django.apps import AppConfig


class ReliefConfig(AppConfig):
    """Its name and label."""

    name = "relief"
    verbose_name = "人道救助"
