"""The workbooks of blood, stem-cell and organ donation."""

# isort: off  (pages list the sheets in this order)
from donors.sheets import blood, organs, statistics, stem_cells

__all__ = ["blood", "organs", "statistics", "stem_cells"]
