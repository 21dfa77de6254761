"""Addresses of people and accounts."""

from django.urls import path, re_path

from redcross.people import views

urlpatterns = [
    path("", views.people, name="people"),
    path("me/", views.account, name="account"),
    path("waiting/", views.waiting, name="accounts-waiting"),
    path("confirmations/", views.confirmations, name="confirmations"),
    re_path(
        r"^confirmations/(?P<pk>\d+)/(?P<verb>confirm|decline)/$",
        views.decide,
        name="confirmation-decide",
    ),
    path("<int:pk>/", views.person, name="person"),
    re_path(
        r"^(?P<pk>\d+)/(?P<verb>password|second-factor|sign-out|stand-in|hand-over)/$",
        views.act,
        name="person-act",
    ),
]
