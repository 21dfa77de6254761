"""The vault of identities and consents, and what is stored under a pseudonymous code."""

from donors.models.blood import BloodMonth
from donors.models.identity import CODE_LENGTH, Consent, ConsentedRecord, DonorIdentity
from donors.models.organs import CaseStage, DonationCase, OrganWish
from donors.models.publicity import Coordinator, FamilyLetter, PublicityCase
from donors.models.stem_cells import StemCellStep, StemCellVolunteer
from donors.models.vault import VaultAct, VaultOpening

__all__ = [
    "CODE_LENGTH",
    "BloodMonth",
    "CaseStage",
    "Consent",
    "ConsentedRecord",
    "Coordinator",
    "DonationCase",
    "DonorIdentity",
    "FamilyLetter",
    "OrganWish",
    "PublicityCase",
    "StemCellStep",
    "StemCellVolunteer",
    "VaultAct",
    "VaultOpening",
]
