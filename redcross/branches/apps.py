"""The app branches."""

from django.apps import AppConfig


class BranchesConfig(AppConfig):
    """Its name and label."""

    name = "redcross.branches"
    label = "branches"
    verbose_name = "机构"
