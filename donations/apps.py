"""Gifts and fundraising."""

from django.apps import AppConfig


class DonationsConfig(AppConfig):
    """Its name and label."""

    name = "donations"
    verbose_name = "募捐筹资"
