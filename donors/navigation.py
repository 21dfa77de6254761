"""What the three donations add to the navigation."""

from donors.rules import CASE_ROLES
from redcross.accounts.choices import VAULT_ROLES, Domain
from redcross.indicators.query.query_params import FIGURE_ROLES

NAVIGATION = [
    (Domain.DONORS.label, "捐献案例", "cases", CASE_ROLES),
    (Domain.DONORS.label, "身份库", "vault", VAULT_ROLES),
    (Domain.DONORS.label, "宣传案例", "publicity-cases", FIGURE_ROLES),
    (Domain.DONORS.label, "造血干细胞", "stem-cells", FIGURE_ROLES),
]
