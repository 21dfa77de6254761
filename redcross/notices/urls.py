"""Addresses of notices."""

from django.urls import path

from redcross.notices import views

urlpatterns = [
    path("", views.notices, name="notices"),
    path("read/", views.mark_all_read, name="notices-read"),
    path("<int:pk>/open/", views.open_notice, name="notice-open"),
]
