"""Addresses of period locks."""

from django.urls import path

from redcross.locks import views

urlpatterns = [
    path("locks/", views.lock_list, name="locks"),
    path("locks/<int:pk>/unlock/", views.remove_lock, name="lock-unlock"),
    path("locks/<int:pk>/ask/", views.request_unlock, name="lock-ask"),
    path("locks/requests/<int:pk>/answer/", views.answer_unlock_request, name="lock-answer"),
]
