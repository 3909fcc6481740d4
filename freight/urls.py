from django.urls import path

from freight import views

app_name = "freight"
urlpatterns = [
    path("<int:pk>/", views.operator_page, name="quotation"),
    path("<int:pk>/pdf/", views.operator_pdf, name="quotation-pdf"),
]
