"""What first aid adds to the navigation."""

from redcross.accounts.choices import Domain
from redcross.accounts.rules import READ_ROLES

NAVIGATION = [
    (Domain.TRAINING.label, "班次与证书", "classes", READ_ROLES),
    (Domain.TRAINING.label, "到期提醒", "training-worklists", READ_ROLES),
]
