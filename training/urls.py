"""Addresses of first aid."""

from django.urls import path

from training import views

urlpatterns = [
    path("classes/", views.classes, name="classes"),
    path("classes/worklists/", views.worklists, name="training-worklists"),
    path("classes/<int:pk>/", views.training_class, name="class"),
    path("classes/<int:pk>/certificates/", views.class_certificates, name="class-certificates"),
    path("check/<str:number>/", views.check_certificate, name="certificate-check"),
]
