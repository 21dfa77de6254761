"""Addresses of figures."""

from django.urls import path, re_path

from redcross.indicators.web import views

urlpatterns = [
    path("<str:key>/", views.figure, name="figure"),
    re_path(r"^(?P<key>[\w.]+)/export\.(?P<form>xlsx|pdf)$", views.export, name="figure-export"),
]
