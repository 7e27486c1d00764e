"""A stock client: websockify's own WebSocket class, which knows nothing of Curfew.

Usage: websockify_client.py URL TEXT

Prints "ready" when it has loaded, and reads SUBPROTOCOL[,SUBPROTOCOL...] from its standard input.
Sends TEXT to the console and prints one line of JSON when the connection is over: the subprotocol,
all that the console sent, the close code and the reason.
"""

import json
import random
import sys
from types import SimpleNamespace

from websockify import websocket

url, text = sys.argv[1:]
client = websocket.WebSocket()
print("ready", flush=True)
client.connect(url, protocols=sys.stdin.readline().strip().split(","))
# websockify 0.10, which Debian 12 has, adds a number to bytes where it makes a client's mask.
websocket.random = SimpleNamespace(randrange=lambda end: bytes([random.randrange(end)]))
client.send(text.encode())

received = b""
while True:
    try:
        data = client.recv()
    except websocket.WebSocketWantReadError:
        continue  # Only a ping came, or a part of a frame: the rest is still to be read.
    if data is None:
        break
    received += data

print(
    json.dumps(
        {
            "protocol": client.protocol,
            "received": received.decode("latin-1"),
            "code": client.close_code,
            "reason": client.close_reason,
        }
    )
)
