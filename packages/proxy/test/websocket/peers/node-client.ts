import { once } from "node:events";
import { createServer, type IncomingMessage } from "node:http";
import type { AddressInfo } from "node:net";
import type { Duplex } from "node:stream";
import { setTimeout as delay } from "node:timers/promises";
import { acceptOffer } from "../../../src/websocket/handshake.ts";
import { closePayload } from "../../support/client-frames.ts";
import { OPCODE } from "../../support/raw-client.ts";
import { frame } from "../cases.ts";
import { cut, encodeFrames, type Expected, type Frame, type Observation, type Peer } from "../frames.ts";
import { codeOf } from "../observe-server.ts";
import { parseClientFrames } from "../client-frame-reader.ts";

/** How long the client may take to close, in milliseconds. */
const MAX_MS = 10_000;

const CLOSE = encodeFrames([frame(OPCODE.close, closePayload(1000))], "server");

/** Node's own WebSocket client (undici): the stream is that of a server. */
export async function startNodeClient(): Promise<Peer> {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const url = `ws://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return {
    name: "Node's client",
    side: "client",
    saysFault: false,
    async observe(frames, expected, cuts = []) {
      const upgrade = once(server, "upgrade") as Promise<[IncomingMessage, Duplex]>;
      const client = new WebSocket(url);
      client.binaryType = "arraybuffer";
      const [request, socket] = await upgrade;
      acceptOffer(socket, request.headers["sec-websocket-key"] ?? "", undefined);
      return await observeClient(client, socket, frames, { expected, cuts });
    },
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      server.close();
      await once(server, "close");
    },
  };
}

interface Sending {
  readonly expected: Expected | undefined;
  readonly cuts: readonly number[];
}

async function observeClient(
  client: WebSocket,
  socket: Duplex,
  frames: readonly Frame[],
  { expected, cuts }: Sending,
): Promise<Observation> {
  const data: Buffer[] = [];
  let wire = Buffer.alloc(0);
  let changed = Promise.withResolvers<unknown>();
  const change = (): void => {
    changed.resolve(undefined);
    changed = Promise.withResolvers();
  };
  client.addEventListener("message", ({ data: message }: MessageEvent<string | ArrayBuffer>) => {
    data.push(typeof message === "string" ? Buffer.from(message) : Buffer.from(message));
    change();
  });
  const closed = once(client, "close").then(() => true);
  client.addEventListener("error", () => {});
  socket
    .on("error", () => {})
    .on("data", (bytes: Buffer) => {
      wire = Buffer.concat([wire, bytes]);
      change();
    });
  const sent = (opcode: number): readonly Buffer[] =>
    parseClientFrames(wire).flatMap((each) => (each.opcode === opcode ? [each.payload] : []));
  for (const piece of cut(encodeFrames(frames, "server"), cuts)) {
    socket.write(piece);
    if (cuts.length > 0) await new Promise((resolve) => setImmediate(resolve));
  }
  const over = Promise.race([closed, delay(MAX_MS, true, { ref: false })]);
  const bytes = (): number => data.reduce((sum, { length }) => sum + length, 0);
  const hasAll = (): boolean =>
    expected !== undefined && bytes() >= expected.bytes && sent(OPCODE.pong).length >= expected.pongs;
  if (expected !== undefined) {
    while (!hasAll() && (await Promise.race([changed.promise, over])) !== true);
    socket.write(CLOSE);
  }
  // A server closes the connection once it has the client's close frame (section 7.1.1).
  while (sent(OPCODE.close).length === 0 && (await Promise.race([changed.promise, over])) !== true);
  socket.end();
  await over;
  socket.destroy();
  const [close] = sent(OPCODE.close);
  return {
    data: Buffer.concat(data),
    pongs: sent(OPCODE.pong).map((each) => each.toString("hex")),
    code: codeOf(close),
  };
}
