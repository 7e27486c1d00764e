"""Two clients written in Python. Each sends bytes, and prints the echo and what it agreed on."""

import asyncio
import select
import sys

import websockets
from websockify.websocket import WebSocket, WebSocketWantReadError

url = f"ws://{sys.argv[1]}/websockify"

client = WebSocket()
client.connect(url, protocols=["binary"])
received = b""
try:
    client.sendmsg(b"hello")
except TypeError:
    # That of Debian, 0.10, fails to mask with Python 3.
    received = b"cannot send"
while len(received) < 5:
    try:
        received += client.recvmsg()
    except WebSocketWantReadError:
        select.select([client], [], [])
print("websockify", received.decode(), client.protocol, flush=True)


async def main():
    async with websockets.connect(url, subprotocols=["binary"]) as other:
        await other.send(b"hello")
        echoed = b""
        while len(echoed) < 5:
            echoed += await other.recv()
    print("websockets", echoed.decode(), other.subprotocol, other.close_code)


asyncio.run(main())
