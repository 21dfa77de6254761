"""The app people."""

from django.apps import AppConfig


class PeopleConfig(AppConfig):
    """Its name and label."""

    name = "redcross.people"
    label = "people"
    verbose_name = "人员与账户"
