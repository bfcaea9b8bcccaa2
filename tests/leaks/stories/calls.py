# SPDX-License-Identifier: MIT
"""Remote calls that are given up after a while; an answer might still come."""
import asyncio
import sys


class Client:
    def __init__(self):
        self.waiting = {}
        self.number = 0

    async def call(self, method, *arguments):
        self.number += 1
        answer = asyncio.get_running_loop().create_future()
        self.waiting[self.number] = (method, arguments, answer)
        try:
            return await asyncio.wait_for(asyncio.shield(answer), 0.001)
        except asyncio.TimeoutError:
            return None


async def main():
    client = Client()
    for hour in range(1, 3):
        for batch in range(40):
            await asyncio.gather(*(client.call("look", "user-%d" % batch, number)
                                   for number in range(50)))
        print("hour", hour, client.number, flush=True)
        await asyncio.get_running_loop().run_in_executor(None, sys.stdin.readline)


if __name__ == "__main__":
    asyncio.run(main())
