"""Addresses of aid and disaster response."""

from django.urls import path

from relief import views

urlpatterns = [
    path("", views.events, name="events"),
    path("readiness/", views.readiness, name="readiness"),
    path("<slug:code>/", views.event, name="event"),
]
