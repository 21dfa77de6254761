"""Registers the record pages of the platform's models; Django imports this module by name."""

from redcross.portal.record_pages import accounts, branches, calendar, locks  # noqa: F401
