"""The workbooks of reform and organisation."""

# isort: off  (pages list the sheets in this order)
from reform.sheets import governance, liaison, network, registers, tasks

__all__ = ["governance", "liaison", "network", "registers", "tasks"]
