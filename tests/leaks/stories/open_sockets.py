# SPDX-License-Identifier: MIT
"""A feed that clients subscribe to. Some go without saying so."""
import selectors
import socket


class Client:
    def __init__(self, connection, address):
        self.connection = connection
        self.address = address
        self.received = b""


class Feed:
    def __init__(self):
        self.listener = socket.create_server(("127.0.0.1", 0), backlog=64)
        self.port = self.listener.getsockname()[1]
        self.selector = selectors.DefaultSelector()
        self.selector.register(self.listener, selectors.EVENT_READ)
        self.clients = []

    def accept(self):
        connection, address = self.listener.accept()
        client = Client(connection, address)
        self.clients.append(client)
        self.selector.register(connection, selectors.EVENT_READ, client)

    def read(self, client):
        data = client.connection.recv(100)
        client.received += data
        if not data or client.received.endswith(b"bye\n"):
            self.selector.unregister(client.connection)
        if client.received.endswith(b"bye\n"):
            client.connection.close()
            self.clients.remove(client)

    def turn(self):
        for key, _ in self.selector.select(0.005):
            if key.data:
                self.read(key.data)
            else:
                self.accept()


def main():
    feed = Feed()
    for hour in range(1, 3):
        for number in range(120):
            with socket.create_connection(("127.0.0.1", feed.port)) as client:
                feed.turn()
                client.sendall(b"hello\n" if number % 4 else b"bye\n")
            feed.turn()
            feed.turn()
        print("hour", hour, flush=True)
        input()


if __name__ == "__main__":
    main()
