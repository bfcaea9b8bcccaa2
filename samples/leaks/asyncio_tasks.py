# SPDX-License-Identifier: MIT
"""A gateway for messages. Each delivery is a task, so that a slow receiver delays nobody; at shutdown
those that still run are waited for."""
import asyncio
import sys


class Message:
    def __init__(self, receiver, text):
        self.receiver = receiver
        self.text = text


class Gateway:
    def __init__(self):
        self.deliveries = []
        self.delivered = 0

    async def deliver(self, message):
        reader, writer = await asyncio.open_connection("127.0.0.1", message.receiver)
        writer.write(message.text.encode() + b"\n")
        receipt = await reader.readline()
        writer.close()
        self.delivered += 1
        return message, receipt

    def accept(self, message):
        self.deliveries.append(asyncio.create_task(self.deliver(message)))

    async def shut_down(self):
        await asyncio.gather(*self.deliveries)


async def receive(reader, writer):
    line = await reader.readline()
    writer.write(b"received %d\n" % len(line))
    await writer.drain()
    writer.close()


async def main():
    server = await asyncio.start_server(receive, "127.0.0.1", 0, limit=1 << 20)
    port = server.sockets[0].getsockname()[1]
    gateway = Gateway()
    for hour in range(1, 3):
        for number in range(300):
            gateway.accept(Message(port, "message %d: %s" % (number, "and so on, " * 200)))
            if number % 20 == 19:
                await asyncio.sleep(0.02)
        while gateway.delivered < 300 * hour:
            await asyncio.sleep(0.05)
        print("hour", hour, flush=True)
        await asyncio.get_running_loop().run_in_executor(None, sys.stdin.readline)
    await gateway.shut_down()


if __name__ == "__main__":
    asyncio.run(main())
