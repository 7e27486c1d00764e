"""A server of `websockets` that echoes. Prints its port."""

import asyncio

from websockets.exceptions import ConnectionClosed
from websockets.server import serve


async def echo(connection):
    try:
        async for message in connection:
            await connection.send(message)
    except ConnectionClosed:
        pass


async def main():
    # The gateway limits no message either.
    options = {"max_size": None, "max_queue": None, "compression": None, "ping_interval": None, "close_timeout": 1}
    async with serve(echo, "127.0.0.1", 0, **options) as server:
        print(server.sockets[0].getsockname()[1], flush=True)
        await asyncio.Future()


asyncio.run(main())
