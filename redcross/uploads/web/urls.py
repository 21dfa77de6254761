"""Addresses of the road."""

from django.urls import path, re_path

from redcross.uploads.web import history_views, intake_views, review_views, views

urlpatterns = [
    path("", history_views.history, name="uploads"),
    path("memories/", history_views.memories, name="memories"),
    path("exports/<str:key>/", history_views.export, name="sheet-export"),
    path("new/", intake_views.new, name="upload-new"),
    path("new/pulse/", intake_views.pulse, name="parcels-pulse"),
    path("new/start/", intake_views.start, name="parcels-start"),
    path("new/hand-over/", intake_views.hand_over, name="parcels-hand-over"),
    path("new/<int:pk>/", intake_views.correct, name="parcel"),
    path("new/<int:pk>/drop/", intake_views.throw_away, name="parcel-drop"),
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
    path("<int:pk>/lines/", views.lines, name="upload-lines"),
    path("<int:pk>/state/", views.state, name="upload-state"),
    re_path(
        r"^(?P<pk>\d+)/(?P<verb>submit|withdraw|undo|restore|recheck|options|map|fill|forget)/$",
        views.act,
        name="upload-act",
    ),
    re_path(r"^(?P<pk>\d+)/(?P<kind>annotated|bad-rows)/$", views.download, name="upload-download"),
]
