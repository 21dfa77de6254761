"""What the angel plan grants: bands and caps of the day of the application."""

import datetime as dt
from decimal import Decimal

from relief.models import AidBand, AidCap


def find_band_grant(
    bands: list[AidBand], *, fund: str, transplanted: bool, own_payment: Decimal, on: dt.date
) -> Decimal | None:
    """Return what the bands in force that day grant, None where none fits.

    A band holds above its lower bound up to and including its upper one.
    """
    in_force = [band for band in bands if band.fund == fund and band.effective_on <= on]
    newest = max((band.effective_on for band in in_force), default=None)
    for band in in_force:
        fits = band.above < own_payment and (band.up_to is None or own_payment <= band.up_to)
        if band.effective_on == newest and band.transplanted == transplanted and fits:
            return band.grant
    return None


def find_cap(caps: list[AidCap], *, fund: str, on: dt.date) -> AidCap | None:
    """Return the cap in force that day."""
    in_force = [cap for cap in caps if cap.fund == fund and cap.effective_on <= on]
    return max(in_force, key=lambda cap: cap.effective_on, default=None)


def compute_age(day: dt.date, born: dt.date) -> int:
    """Return the age in full years."""
    return day.year - born.year - ((day.month, day.day) < (born.month, born.day))
