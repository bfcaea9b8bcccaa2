# SPDX-License-Identifier: MIT
"""A Django site with the usual applications, set up, that nobody visits."""
import django
from django.conf import settings
from django.core.wsgi import get_wsgi_application
from django.urls import path, reverse

settings.configure(
    ALLOWED_HOSTS=["*"],
    DATABASES={"default": {"ENGINE": "django.db.backends.sqlite3", "NAME": ":memory:"}},
    INSTALLED_APPS=["django.contrib.admin", "django.contrib.auth", "django.contrib.contenttypes",
                    "django.contrib.messages", "django.contrib.sessions"],
    MIDDLEWARE=["django.contrib.sessions.middleware.SessionMiddleware",
                "django.contrib.auth.middleware.AuthenticationMiddleware",
                "django.contrib.messages.middleware.MessageMiddleware"],
    ROOT_URLCONF=__name__,
    SECRET_KEY="only for a test",
    TEMPLATES=[{"BACKEND": "django.template.backends.django.DjangoTemplates", "APP_DIRS": True,
                "OPTIONS": {"context_processors": [
                    "django.template.context_processors.request",
                    "django.contrib.auth.context_processors.auth",
                    "django.contrib.messages.context_processors.messages"]}}],
)
django.setup()

from django.contrib import admin  # noqa: E402

urlpatterns = [path("admin/", admin.site.urls)]
application = get_wsgi_application()
reverse("admin:index")
for hour in (1, 2):
    print("hour", hour, flush=True)
    input()
