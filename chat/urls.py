from django.urls import path

from chat import api, file_views, quotation_pages, views, widget_views

app_name = "chat"
urlpatterns = [
    path("request/<uuid:conversation>/", views.page, name="page"),
    path("request/<uuid:conversation>/frame/", api.frame, name="frame"),
    path("request/<uuid:conversation>/file/", file_views.upload, name="file"),
    path("request/<uuid:conversation>/quotation/", quotation_pages.page, name="quotation"),
    path("request/<uuid:conversation>/quotation.pdf", quotation_pages.pdf, name="quotation-pdf"),
    path("widget.js", widget_views.widget, name="widget"),
    path("frame/", widget_views.frame, name="widget-frame"),
    path("start/", widget_views.start, name="start"),
    path("demo-site/", widget_views.demo_site, name="demo-site"),
    path("exchange/", api.exchange, name="exchange"),
    path("places/", api.places, name="places"),
    # whatever is no word of ours is a token: it stands last
    path("<str:token>/", views.open_link, name="open"),
]
