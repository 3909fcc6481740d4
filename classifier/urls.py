from django.urls import path

from classifier import views

app_name = "classifier"

urlpatterns = [path("classify", views.classify, name="classify")]
