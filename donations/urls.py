"""Addresses of gifts and fundraising."""

from django.urls import path

from donations import views

urlpatterns = [
    path("disclosure.xlsx", views.disclosure, name="disclosure"),
    path("givers/", views.givers, name="givers"),
    path("givers/<int:pk>/", views.giver, name="giver"),
    path("funds/", views.funds, name="funds"),
    path("funds/<slug:code>/", views.fund, name="fund"),
    path("campaigns/", views.campaigns, name="campaigns"),
    path("campaigns/<slug:code>/", views.campaign, name="campaign"),
]
