"""The workbooks of gifts and fundraising a branch hands in."""

from donations.sheets import campaigns, ledger, registers, spending, takings

__all__ = ["campaigns", "ledger", "registers", "spending", "takings"]
