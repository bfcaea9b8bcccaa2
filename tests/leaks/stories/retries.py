# SPDX-License-Identifier: MIT
"""Mails to a server that is down: each waits in a task of its own until it is tried again."""
import asyncio
import sys

LATER = 3600


class Mail:
    def __init__(self, to, text):
        self.to = to
        self.text = text


class Sender:
    def __init__(self, port):
        self.port = port
        self.sent = 0

    async def send(self, mail):
        while True:
            try:
                _, writer = await asyncio.open_connection("127.0.0.1", self.port)
            except OSError:
                await asyncio.sleep(LATER)
                continue
            writer.write(mail.text.encode())
            writer.close()
            self.sent += 1
            return


async def main():
    sender = Sender(9)
    for hour in range(1, 3):
        for number in range(250):
            asyncio.create_task(sender.send(Mail("user%d@example.org" % number, "text " * 800)))
            await asyncio.sleep(0)
        await asyncio.sleep(0.2)
        print("hour", hour, sender.sent, flush=True)
        await asyncio.get_running_loop().run_in_executor(None, sys.stdin.readline)


if __name__ == "__main__":
    asyncio.run(main())
