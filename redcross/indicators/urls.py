"""Addresses of figures."""

from django.urls import path

from redcross.indicators import views

urlpatterns = [path("<str:key>/", views.figure, name="figure")]
