"""The app people: accounts and roles of users."""

from django.apps import AppConfig


class PeopleConfig(AppConfig):
    """Name and label of the app."""

    name = "redcross.people"
    label = "people"
    verbose_name = "人员与账户"
