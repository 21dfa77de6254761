"""Addresses of reform."""

from django.urls import path

from reform import views

urlpatterns = [
    path("matrix/", views.matrix, name="reform-matrix"),
    path("tasks/", views.tasks, name="reform-tasks"),
    path("briefing/", views.briefings, name="reform-briefings"),
    path("briefing/<str:code>/", views.briefing, name="reform-briefing"),
]
