"""Addresses of exports."""

from django.urls import path

from redcross.exports import views

urlpatterns = [
    path("", views.export_list, name="exports"),
    path("<int:pk>/", views.export_detail, name="export"),
    path("<int:pk>/file/", views.export_file, name="export-file"),
]
