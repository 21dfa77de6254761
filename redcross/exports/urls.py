"""Addresses of exports."""

from django.urls import path

from redcross.exports import views

urlpatterns = [
    path("", views.exports, name="exports"),
    path("<int:pk>/", views.export, name="export"),
    path("<int:pk>/file/", views.export_file, name="export-file"),
]
