"""Choices of accounts."""

from django.db import models


class Role(models.TextChoices):
    """What a user does in the portal; `rules.py` says what each role may do."""

    STATISTICIAN = "STATISTICIAN", "统计员"
    REVIEWER = "REVIEWER", "审核员"
    DESK = "DESK", "业务主管"
    OFFICE = "OFFICE", "办公室"
    FINANCE = "FINANCE", "财务复核"
    LEADER = "LEADER", "领导"
    ORGAN_COORDINATOR = "ORGAN_COORDINATOR", "人体器官捐献协调员"
    STEM_CELL_STAFF = "STEM_CELL_STAFF", "造血干细胞工作人员"
    STOREKEEPER = "STOREKEEPER", "仓库管理员"
    SUPERVISOR = "SUPERVISOR", "监督"
    AUDITOR = "AUDITOR", "安全审计员"
    ADMINISTRATOR = "ADMINISTRATOR", "系统管理员"


class Domain(models.TextChoices):
    """The domains a role may be limited to."""

    DONATIONS = "donations", "募捐筹资"
    TRAINING = "training", "应急救护"
    DONORS = "donors", "三献"
    RELIEF = "relief", "人道救助"
    REFORM = "reform", "改革与组织"


SECOND_FACTOR_ROLES = frozenset({Role.ORGAN_COORDINATOR, Role.ADMINISTRATOR, Role.AUDITOR})
"""Roles that require a second factor."""

ROLES_WITHOUT_RECORDS = frozenset({Role.AUDITOR, Role.ADMINISTRATOR})
"""Roles that show no records."""

VAULT_ROLES = (Role.ORGAN_COORDINATOR, Role.STEM_CELL_STAFF)
"""Roles that open the vault of their branch."""
