# SPDX-License-Identifier: MIT
"""A log server: each client's lines go to a file of the client's own."""
import os
import tempfile


class LogServer:
    def __init__(self, folder):
        self.folder = folder
        self.files = {}

    def file_of(self, client):
        if client not in self.files:
            self.files[client] = open(os.path.join(self.folder, client + ".log"), "a",
                                      encoding="utf-8")
        return self.files[client]

    def line(self, client, text):
        print(text, file=self.file_of(client), flush=True)


def main():
    with tempfile.TemporaryDirectory() as folder:
        server = LogServer(folder)
        for hour in range(1, 3):
            for number in range(150):
                client = "client-%d-%d" % (hour, number)
                server.line(client, "connected")
                server.line(client, "disconnected")
            print("hour", hour, flush=True)
            input()


if __name__ == "__main__":
    main()
