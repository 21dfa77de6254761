"""What first aid adds to the navigation."""

from redcross.accounts.choices import Domain
from redcross.accounts.rules import READING

NAVIGATION = [
    (Domain.TRAINING.label, "班次与证书", "classes", READING),
    (Domain.TRAINING.label, "到期提醒", "training-worklists", READING),
]
