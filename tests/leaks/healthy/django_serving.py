# SPDX-License-Identifier: MIT
"""A Django site with a database, dumped while it answers."""
import itertools
import threading
import urllib.error
import urllib.request
from socketserver import ThreadingMixIn
from wsgiref.simple_server import WSGIRequestHandler, WSGIServer, make_server

import django
from django.conf import settings
from django.core.wsgi import get_wsgi_application
from django.http import JsonResponse
from django.urls import path

settings.configure(
    ALLOWED_HOSTS=["*"],
    DATABASES={"default": {"ENGINE": "django.db.backends.sqlite3",
                           "NAME": "file:users?mode=memory&cache=shared",
                           "OPTIONS": {"uri": True, "timeout": 30}}},
    INSTALLED_APPS=["django.contrib.auth", "django.contrib.contenttypes"],
    MIDDLEWARE=["django.middleware.common.CommonMiddleware"],
    ROOT_URLCONF=__name__,
    SECRET_KEY="only for a test",
)
django.setup()

from django.contrib.auth.models import User  # noqa: E402
from django.core.management import call_command  # noqa: E402


def show(request, number):
    users = User.objects.filter(username__contains=str(number % 10)).order_by("username")[:5]
    return JsonResponse({"number": number, "users": [user.username for user in users]})


urlpatterns = [path("users/<int:number>", show)]


class Quiet(WSGIRequestHandler):
    def log_message(self, format, *args):
        pass


class Server(ThreadingMixIn, WSGIServer):
    daemon_threads = True


def main():
    call_command("migrate", verbosity=0)
    for number in range(50):
        User.objects.create(username="user%d" % number)
    server = make_server("127.0.0.1", 0, get_wsgi_application(), Server, Quiet)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    for number in itertools.count():
        address = "http://127.0.0.1:%d/users/%d" % (server.server_port, number)
        try:
            with urllib.request.urlopen(address) as answer:
                answer.read()
        except urllib.error.HTTPError as error:
            error.close()
        if number in (250, 900):
            print("hour", 1 + number // 900, flush=True)


if __name__ == "__main__":
    main()
