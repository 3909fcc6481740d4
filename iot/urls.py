from django.urls import path

from iot import views

app_name = "iot"
urlpatterns = [
    path("", views.devices, name="devices"),
    path("state.json", views.devices_json, name="devices-json"),
    path("<slug:name>/", views.device, name="device"),
    path("<slug:name>/state.json", views.device_json, name="device-json"),
    path("<slug:name>/frame.jpg", views.frame, name="frame"),
]
