"""Addresses of reports."""

from django.urls import path

from redcross.reports.web import actions, templates, views

urlpatterns = [
    path("", views.reports, name="reports"),
    path("write/", views.write, name="report-write"),
    path("templates/<str:kind>/<str:code>/", templates.template, name="report-template"),
    path("<int:pk>/", views.report, name="report"),
    path("<int:pk>/word/", views.word, name="report-word"),
    path("<int:pk>/figures/", views.figures, name="report-figures"),
    path("<int:pk>/<str:name>/", actions.run_action, name="report-act"),
]
