"""Every address of BusyBee."""

from django.contrib import admin
from django.urls import include, path

from busybee import views

urlpatterns = [
    path("", views.home, name="home"),
    path("healthz", views.healthz, name="healthz"),
    path("metrics", views.metrics, name="metrics"),
    path("language/", include("django.conf.urls.i18n")),
    path("admin/", admin.site.urls),
    path("sink/", views.sink, name="sink"),
    path("sink/<str:name>/", views.sink_mail, name="sink-mail"),
    path("api/", include("classifier.urls")),
    path("chat/", include("chat.urls")),
    path("live/", include("iot.urls")),
    path("quotations/", include("freight.urls")),
]
