"""The workbooks of first aid."""

# isort: off  (pages list the sheets in this order)
from training.sheets import roster, stations, statistics

__all__ = ["roster", "stations", "statistics"]
