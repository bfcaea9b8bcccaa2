# SPDX-License-Identifier: MIT
"""A Django site whose pages want to know when settings change, as long as they are shown."""
import django
from django.conf import settings
from django.dispatch import Signal
from django.http import HttpResponse
from django.test import RequestFactory
from django.urls import path, resolve

settings.configure(ROOT_URLCONF=__name__, SECRET_KEY="only for a test", ALLOWED_HOSTS=["*"])
django.setup()

settings_changed = Signal()


class Page:
    def __init__(self, request, name):
        self.request = request
        self.name = name
        self.body = ("<p>paragraph of %s</p>" % name) * 300
        settings_changed.connect(self.changed, weak=False)

    def changed(self, sender, theme, **more):
        self.body = self.body.replace("<p>", "<p class='%s'>" % theme, 1)


def show(request, name):
    return HttpResponse(Page(request, name).body)


urlpatterns = [path("page/<str:name>", show)]


def get(factory, address):
    view, _, options = resolve(address)
    return view(factory.get(address), **options)


def main():
    factory = RequestFactory()
    for hour in range(1, 3):
        for number in range(250):
            get(factory, "/page/number-%d" % number)
        settings_changed.send(sender=None, theme="dark")
        print("hour", hour, flush=True)
        input()


if __name__ == "__main__":
    main()
