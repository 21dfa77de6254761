"""Addresses of uploads."""

from django.urls import path, re_path

from redcross.uploads.web import (
    action_views,
    detail_views,
    download_views,
    entry_views,
    history_views,
    intake_views,
    review_views,
    sheet_views,
)

urlpatterns = [
    path("", history_views.list_uploads, name="uploads"),
    path("memories/", history_views.list_heading_mappings, name="memories"),
    path("exports/<str:key>/", sheet_views.export_sheet, name="sheet-export"),
    path("new/", intake_views.drop_files, name="upload-new"),
    path("new/pulse/", intake_views.poll_cards, name="parcels-pulse"),
    path("new/start/", intake_views.start_checks, name="parcels-start"),
    path("new/hand-over/", intake_views.submit_all, name="parcels-hand-over"),
    path("new/<int:pk>/", intake_views.update_card, name="parcel"),
    path("new/<int:pk>/drop/", intake_views.discard_file, name="parcel-drop"),
    path("typed/", entry_views.type_rows, name="upload-typed"),
    path("zero/", entry_views.report_zero, name="upload-zero"),
    path("review/", review_views.review_uploads, name="review"),
    re_path(
        r"^review/(?P<pk>\d+)/(?P<verb>approve|return)/$",
        review_views.decide_upload,
        name="review-decide",
    ),
    path("<int:pk>/original/", download_views.open_original, name="upload-original"),
    path("<int:pk>/paper/", download_views.print_form, name="upload-paper"),
    path("blanks/", sheet_views.list_blanks, name="blanks"),
    path("blanks/<str:key>/", sheet_views.download_blank, name="blank"),
    path("codes/<str:key>/", sheet_views.explain_code, name="code"),
    path("<int:pk>/", detail_views.show_upload, name="upload"),
    path("<int:pk>/lines/", detail_views.show_doubtful_rows, name="upload-lines"),
    path("<int:pk>/state/", detail_views.poll_state, name="upload-state"),
    re_path(
        r"^(?P<pk>\d+)/(?P<verb>submit|withdraw|undo|restore|recheck|options|map|fill|forget)/$",
        action_views.perform_action,
        name="upload-act",
    ),
    re_path(
        r"^(?P<pk>\d+)/(?P<kind>annotated|bad-rows)/$",
        download_views.download,
        name="upload-download",
    ),
]
