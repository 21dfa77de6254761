"""What the three donations add to the navigation."""

from donors.rules import FOLLOWING_CASES, KEEPING_THE_VAULT
from redcross.accounts.choices import Domain
from redcross.indicators.query.query_params import SEEING_FIGURES

NAVIGATION = [
    (Domain.DONORS.label, "捐献案例", "cases", FOLLOWING_CASES),
    (Domain.DONORS.label, "身份库", "vault", KEEPING_THE_VAULT),
    (Domain.DONORS.label, "宣传案例", "publicity-cases", SEEING_FIGURES),
    (Domain.DONORS.label, "造血干细胞", "stem-cells", SEEING_FIGURES),
]
