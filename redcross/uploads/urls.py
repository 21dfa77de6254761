"""Addresses of the road."""

from django.urls import path, re_path

from redcross.uploads import review_views, views

urlpatterns = [
    path("", views.history, name="uploads"),
    path("new/", views.new, name="upload-new"),
    path("typed/", views.typed, name="upload-typed"),
    path("zero/", views.zero, name="upload-zero"),
    path("review/", review_views.review, name="review"),
    re_path(
        r"^review/(?P<pk>\d+)/(?P<verb>approve|return)/$",
        review_views.decide,
        name="review-decide",
    ),
    path("<int:pk>/original/", review_views.original, name="upload-original"),
    path("<int:pk>/paper/", review_views.paper, name="upload-paper"),
    path("blanks/", views.blanks, name="blanks"),
    path("blanks/<str:key>/", views.blank, name="blank"),
    path("codes/<str:key>/", views.code, name="code"),
    path("<int:pk>/", views.detail, name="upload"),
    path("<int:pk>/state/", views.state, name="upload-state"),
    re_path(
        r"^(?P<pk>\d+)/(?P<verb>submit|withdraw|approve|return|undo|restore|recheck|options|map)/$",
        views.act,
        name="upload-act",
    ),
    re_path(r"^(?P<pk>\d+)/(?P<kind>annotated|bad-rows)/$", views.download, name="upload-download"),
]
