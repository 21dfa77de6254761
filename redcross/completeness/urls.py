"""Addresses of completeness: the board, 催报, 免报."""

from django.urls import path

from redcross.completeness import views

urlpatterns = [
    path("board/", views.progress_board, name="progress"),
    path("board/export/", views.progress_export, name="progress-export"),
    path("board/remind/", views.urge_branches, name="remind"),
    path("exemptions/", views.exemptions, name="exemptions"),
    path("exemptions/<int:pk>/revoke/", views.revoke_exemption, name="exemption-revoke"),
]
