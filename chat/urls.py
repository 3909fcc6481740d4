from django.urls import path

from chat import views

app_name = "chat"
urlpatterns = [
    path("request/<uuid:conversation>/", views.page, name="page"),
    path("<str:token>/", views.open_link, name="open"),
]
