"""Addresses of completeness: the board, 催报, 免报."""

from django.urls import path

from redcross.completeness.web import exemption_views, views

urlpatterns = [
    path("board/", views.progress_board, name="progress"),
    path("board/export/", views.progress_export, name="progress-export"),
    path("board/remind/", views.urge_branches, name="remind"),
    path("exemptions/", exemption_views.exemption_list, name="exemptions"),
    path("exemptions/<int:pk>/revoke/", exemption_views.revoke_exemption, name="exemption-revoke"),
]
