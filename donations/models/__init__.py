"""Gifts of money and goods, who gave them, for which fund or campaign."""

from donations.models.campaigns import CampaignResult, Disclosure
from donations.models.gifts import Donation, DonationQuerySet, Giver
from donations.models.references import Campaign, DisclosureDuty, Fund
from donations.models.takings import DailyTaking
from donations.models.uses import Allocation, Equipment, Feedback, FundraisingProject, GoodsGiven

__all__ = [
    "Allocation",
    "Campaign",
    "CampaignResult",
    "DailyTaking",
    "Disclosure",
    "DisclosureDuty",
    "Donation",
    "DonationQuerySet",
    "Equipment",
    "Feedback",
    "Fund",
    "FundraisingProject",
    "Giver",
    "GoodsGiven",
]
