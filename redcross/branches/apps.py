"""The app branches."""

from django.apps import AppConfig


class BranchesConfig(AppConfig):
    """Name and label of the app."""

    name = "redcross.branches"
    label = "branches"
    verbose_name = "机构"
