"""Addresses of completeness: the board, 催报, 免报, closed months."""

from django.urls import path

from redcross.completeness import lock_views, views

urlpatterns = [
    path("board/", views.progress_board, name="progress"),
    path("board/export/", views.progress_export, name="progress-export"),
    path("board/remind/", views.urge_branches, name="remind"),
    path("exemptions/", views.exemptions, name="exemptions"),
    path("exemptions/<int:pk>/revoke/", views.revoke_exemption, name="exemption-revoke"),
    path("locks/", lock_views.locks, name="locks"),
    path("locks/<int:pk>/unlock/", lock_views.remove_lock, name="lock-unlock"),
    path("locks/<int:pk>/ask/", lock_views.request_unlock, name="lock-ask"),
    path("locks/requests/<int:pk>/answer/", lock_views.answer_unlock_request, name="lock-answer"),
]
