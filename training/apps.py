"""First aid: courses, classes, rosters, certificates, stations and devices."""

from django.apps import AppConfig


class TrainingConfig(AppConfig):
    """Its name and label."""

    name = "training"
    verbose_name = "应急救护"
