import { connect } from "node:net";
import { WebSocketServer } from "ws";

/**
 * The obvious WebSocket to TCP proxy: `ws-pipe.main.ts LISTEN_PORT TARGET_PORT`. Kept this simple, because the gateway is
 * compared with it.
 */
const [listenPort, targetPort] = process.argv.slice(2).map(Number);

/** Bytes waiting for a client above which its target is paused. */
const HIGH_WATER_BYTES = 1024 * 1024;

const server = new WebSocketServer({ host: "127.0.0.1", port: listenPort ?? 0, perMessageDeflate: false });
server.on("connection", (client) => {
  const target = connect({ host: "127.0.0.1", port: targetPort ?? 0, noDelay: true });
  target.on("data", (data) => {
    client.send(data, () => {
      if (client.bufferedAmount < HIGH_WATER_BYTES && target.isPaused()) target.resume();
    });
    if (client.bufferedAmount >= HIGH_WATER_BYTES) target.pause();
  });
  target.on("drain", () => client.resume());
  target.on("error", () => client.terminate());
  target.on("close", () => client.close());
  client.on("message", (data: Buffer) => {
    if (!target.write(data)) client.pause();
  });
  client.on("error", () => target.destroy());
  client.on("close", () => target.destroy());
});
