"""Addresses of the three donations."""

from django.urls import path

from donors import vault_views, views

urlpatterns = [
    path("", views.cases, name="cases"),
    path("vault/", vault_views.vault_page, name="vault"),
    path("publicity/", views.publicity, name="publicity-cases"),
    path("stem-cells/", views.stem_cells, name="stem-cells"),
    path("<int:pk>/", views.case, name="case"),
]
