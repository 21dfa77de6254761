"""Addresses of the access log."""

from django.urls import path

from redcross.audit import views

urlpatterns = [path("", views.access_log, name="access-log")]
