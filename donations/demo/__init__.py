"""Invented workbooks of gifts and fundraising."""

from donations.demo import gifts, registers

__all__ = ["gifts", "registers"]
