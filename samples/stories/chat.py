# SPDX-License-Identifier: MIT
"""Story 1: a chat relay on asyncio. Its memory follows the number of messages it ever relayed.

The culprit is in Relay.handle: look for it after the dump told you.
"""
import asyncio
import sys


class Message:
    def __init__(self, author, text):
        self.author = author
        self.text = text


class Relay:
    def __init__(self):
        self.background = set()  # the event loop itself keeps tasks by weak references only
        self.archived = 0

    async def archive(self, message):
        await asyncio.sleep(0)
        self.archived += 1
        return message

    async def handle(self, reader, writer):
        author = (await reader.readline()).decode().strip()
        while line := await reader.readline():
            task = asyncio.create_task(self.archive(Message(author, line)))
            # The documentation says to keep a reference; it also says to drop it again:
            # task.add_done_callback(self.background.discard)
            self.background.add(task)
            writer.write(line)
            await writer.drain()
        writer.close()


async def talk(port, name, lines):
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    writer.write(b"%s\n" % name)
    for number in range(lines):
        writer.write(b"%s says %d %s\n" % (name, number, b"blah " * 100))
        await reader.readline()
    writer.close()
    await writer.wait_closed()


async def main():
    relay = Relay()
    server = await asyncio.start_server(relay.handle, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    for hour in range(1, 3):
        await asyncio.gather(*(talk(port, b"guest-%d" % guest, 100) for guest in range(10 * hour)))
        print("hour", hour, flush=True)
        await asyncio.sleep(float(sys.argv[1]) if sys.argv[1:] else 3)
    await asyncio.sleep(60)


if __name__ == "__main__":
    asyncio.run(main())
