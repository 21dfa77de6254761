"""Addresses of the boards."""

from django.urls import path, re_path

from redcross.dashboards import views

urlpatterns = [
    path("<str:key>/", views.board, name="board"),
    re_path(r"^(?P<key>[a-z_]+)/export\.(?P<form>xlsx|pdf)$", views.export, name="board-export"),
]
