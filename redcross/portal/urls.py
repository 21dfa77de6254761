"""Addresses of the shell."""

from django.contrib.auth import views as auth_views
from django.urls import path

from redcross.portal import views

urlpatterns = [
    path("", views.home, name="home"),
    path("login/", views.LoginView.as_view(), name="login"),
    path("logout/", auth_views.LogoutView.as_view(), name="logout"),
    path("password/", views.PasswordChangeView.as_view(), name="password_change"),
    path("notices/read/", views.notices_read, name="notices-read"),
    path("search/", views.search, name="search"),
    path("help/<slug:page>/", views.help_page, name="help"),
    path("health/", views.health, name="health"),
    path("ready/", views.ready, name="ready"),
]
