"""Addresses of home, sign-in, search, help and the machine-readable pages."""

from allauth.account import views as account_views
from django.contrib.auth import views as auth_views
from django.urls import include, path

from redcross.portal import views

urlpatterns = [
    path("", views.home, name="home"),
    path("login/", views.LoginView.as_view(), name="login"),
    path("logout/", auth_views.LogoutView.as_view(), name="logout"),
    # URL names that allauth expects.
    path("login/", views.LoginView.as_view(), name="account_login"),
    path("logout/", auth_views.LogoutView.as_view(), name="account_logout"),
    path("reauthenticate/", account_views.reauthenticate, name="account_reauthenticate"),
    path("second-factor/", include("allauth.mfa.urls")),
    path("password/", views.PasswordChangeView.as_view(), name="password_change"),
    path("search/", views.search, name="search"),
    path("help/manual/", views.manual_page, name="manual-own"),
    path("help/manual/<slug:page>/", views.manual_page, name="manual"),
    path("help/manual/picture/<slug:name>.png", views.manual_picture, name="manual-picture"),
    path("help/<slug:page>/", views.help_page, name="help"),
    path("health/", views.health, name="health"),
    path("ready/", views.ready, name="ready"),
    path("metrics", views.metrics, name="metrics"),
]
