"""Invented workbooks of aid and disaster response."""

# isort: off  (files are uploaded in this order)
from relief.demo import files

__all__ = ["files"]
