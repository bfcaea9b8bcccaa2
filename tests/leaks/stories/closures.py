# SPDX-License-Identifier: MIT
"""Windows that listen to an event bus; closing one takes it from the screen."""


class Bus:
    def __init__(self):
        self.subscribers = {}

    def subscribe(self, topic, function):
        self.subscribers.setdefault(topic, []).append(function)

    def publish(self, topic, value):
        for function in self.subscribers.get(topic, ()):
            function(value)


bus = Bus()


class Window:
    def __init__(self, title):
        self.title = title
        self.history = [("state %d of %s" % (n, title), {"zoom": n}) for n in range(60)]
        self.theme = None

    def redraw(self, theme):
        self.theme = theme


class Screen:
    def __init__(self):
        self.windows = []

    def open(self, title):
        window = Window(title)
        self.windows.append(window)
        bus.subscribe("theme", lambda theme: window.redraw(theme))
        return window

    def close(self, window):
        self.windows.remove(window)


def main():
    screen = Screen()
    desk = screen.open("desk")
    for hour in range(1, 3):
        for number in range(200):
            dialog = screen.open("dialog %d" % number)
            bus.publish("theme", "dark" if number % 2 else "light")
            screen.close(dialog)
        del dialog
        print("hour", hour, desk.theme, len(screen.windows), flush=True)
        input()


if __name__ == "__main__":
    main()
