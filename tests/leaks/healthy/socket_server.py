# SPDX-License-Identifier: MIT
"""A server with a thread for each connection; thirty clients stay connected, others come and go."""
import contextlib
import socket
import socketserver
import threading


class Handler(socketserver.StreamRequestHandler):
    def handle(self):
        for line in self.rfile:
            self.wfile.write(line.upper())


class Server(socketserver.ThreadingTCPServer):
    daemon_threads = True
    allow_reuse_address = True


def ask(connection, text):
    connection.sendall(text + b"\n")
    return connection.recv(1000)


def main():
    with Server(("127.0.0.1", 0), Handler) as server, contextlib.ExitStack() as stack:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        stay = [stack.enter_context(socket.create_connection(server.server_address))
                for _ in range(30)]
        for hour in (1, 2):
            for number in range(100):
                with socket.create_connection(server.server_address) as connection:
                    ask(connection, b"guest %d" % number)
                ask(stay[number % 30], b"member %d" % number)
            print("hour", hour, flush=True)
            input()


if __name__ == "__main__":
    main()
