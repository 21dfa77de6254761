"""Addresses of the boards."""

from django.urls import path

from redcross.dashboards import views

urlpatterns = [path("<str:key>/", views.board, name="board")]
