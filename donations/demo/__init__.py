"""Invented workbooks of gifts and fundraising."""

from donations.demo import gift_files, registers, samples

__all__ = ["gift_files", "registers", "samples"]
