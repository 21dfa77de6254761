"""Reform, key tasks, activities and the network."""

from django.apps import AppConfig


class ReformConfig(AppConfig):
    """Its name and label."""

    name = "reform"
    verbose_name = "改革与组织"
