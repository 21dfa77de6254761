"""The workbooks of aid and disaster response."""

# isort: off  (pages list the sheets in this order)
from relief.sheets import applications, distributions, events, projects, stock, teams

__all__ = ["applications", "distributions", "events", "projects", "stock", "teams"]
