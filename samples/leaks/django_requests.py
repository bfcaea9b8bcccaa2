# SPDX-License-Identifier: MIT
"""A Django site that adds up what customers upload. When one complains, support wants to see what
the last ones had sent: so the view notes each request."""
import json
import threading
import urllib.request
from wsgiref.simple_server import WSGIRequestHandler, make_server

import django
from django.conf import settings
from django.core.wsgi import get_wsgi_application
from django.http import HttpResponseBadRequest, JsonResponse
from django.urls import path
from django.views import View

settings.configure(
    ALLOWED_HOSTS=["*"],
    DATABASES={"default": {"ENGINE": "django.db.backends.sqlite3", "NAME": ":memory:"}},
    INSTALLED_APPS=["django.contrib.contenttypes", "django.contrib.auth"],
    MIDDLEWARE=["django.middleware.common.CommonMiddleware"],
    ROOT_URLCONF=__name__,
    SECRET_KEY="only for a sample",
)
django.setup()


class TotalsView(View):
    http_method_names = ["post"]
    recent = []

    def dispatch(self, request, *args, **kwargs):
        self.recent.append(request)
        return super().dispatch(request, *args, **kwargs)

    def post(self, request, customer):
        try:
            rows = json.loads(request.body)
        except ValueError as error:
            return HttpResponseBadRequest(str(error))
        return JsonResponse({"customer": customer, "total": sum(row["price"] for row in rows)})


urlpatterns = [path("totals/<int:customer>", TotalsView.as_view())]


class Quiet(WSGIRequestHandler):
    def log_message(self, format, *args):
        pass


def upload(port, customer):
    rows = [{"article": "A-%d-%d" % (customer, n), "price": n / 4} for n in range(300)]
    request = urllib.request.Request("http://127.0.0.1:%d/totals/%d" % (port, customer),
                                     json.dumps(rows).encode(), {"X-Customer": str(customer)})
    with urllib.request.urlopen(request) as answer:
        return json.load(answer)["total"]


def main():
    server = make_server("127.0.0.1", 0, get_wsgi_application(), handler_class=Quiet)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    for hour in range(1, 3):
        for customer in range(200):
            upload(server.server_port, 1000 * hour + customer)
        print("hour", hour, flush=True)
        input()


if __name__ == "__main__":
    main()
