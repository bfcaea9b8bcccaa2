# SPDX-License-Identifier: MIT
"""A server on asyncio and its clients, dumped in the midst of their work."""
import asyncio
import json


class Server:
    def __init__(self):
        self.served = 0
        self.tasks = set()

    async def work(self, request):
        await asyncio.sleep(request["number"] % 5 / 1000)
        return {"number": request["number"], "squares": [n * n for n in range(40)]}

    async def serve(self, reader, writer):
        try:
            while True:
                line = await reader.readline()
                if not line:
                    return
                task = asyncio.ensure_future(self.work(json.loads(line)))
                self.tasks.add(task)
                task.add_done_callback(self.tasks.discard)
                writer.write(json.dumps(await task).encode() + b"\n")
                await writer.drain()
                self.served += 1
        finally:
            writer.close()


async def client(port, server):
    while True:
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        for number in range(25):
            writer.write(json.dumps({"number": number, "text": "x" * 300}).encode() + b"\n")
            await reader.readline()
        writer.close()
        await asyncio.sleep(0)


async def main():
    server = Server()
    listener = await asyncio.start_server(server.serve, "127.0.0.1", 0)
    port = listener.sockets[0].getsockname()[1]
    clients = [asyncio.ensure_future(client(port, server)) for _ in range(30)]
    for hour in (1, 2):
        while server.served < 1500 * hour:
            await asyncio.sleep(0.01)
        print("hour", hour, flush=True)
    await asyncio.gather(*clients)


if __name__ == "__main__":
    asyncio.run(main())
