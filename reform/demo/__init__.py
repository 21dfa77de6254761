"""Invented workbooks of reform and organisation."""

# isort: off  (files are uploaded in this order)
from reform.demo import files

__all__ = ["files"]
