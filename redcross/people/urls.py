"""Addresses of people and accounts."""

from django.urls import path, re_path

from redcross.people import views

urlpatterns = [
    path("", views.person_list, name="people"),
    path("me/", views.own_account, name="account"),
    path("waiting/", views.account_request_list, name="accounts-waiting"),
    path("confirmations/", views.confirmation_list, name="confirmations"),
    re_path(
        r"^confirmations/(?P<pk>\d+)/(?P<verb>confirm|decline)/$",
        views.decide_request,
        name="confirmation-decide",
    ),
    path("<int:pk>/", views.person_detail, name="person"),
    re_path(
        r"^(?P<pk>\d+)/(?P<verb>password|second-factor|sign-out|stand-in|hand-over)/$",
        views.act_on_person,
        name="person-act",
    ),
]
