import { randomBytes } from "node:crypto";
import { once } from "node:events";
import { connect, createServer, type AddressInfo } from "node:net";
import { afterEach, expect, test } from "vitest";
import { type WebSocket, WebSocketServer } from "ws";
import { plainTicket } from "./client.ts";
import { openSession } from "./session.ts";
import { Target } from "./target.ts";

const cleanups: (() => unknown)[] = [];
afterEach(async () => {
  for (const cleanup of cleanups.splice(0)) await cleanup();
});

/** A server that another library wrote; it answers the session's first bytes itself. */
async function webSocketServer(onClient: (client: WebSocket) => void): Promise<number> {
  const server = new WebSocketServer({ port: 0, host: "127.0.0.1" });
  cleanups.push(() => {
    for (const client of server.clients) client.terminate();
    server.close();
  });
  server.on("connection", onClient);
  await once(server, "listening");
  return (server.address() as AddressInfo).port;
}

async function target(): Promise<Target> {
  const target = await Target.listen();
  cleanups.push(() => target.close());
  return target;
}

test.each([0, 125, 126, 65_535, 65_536, 300_000])(
  "ws reads messages of %i bytes as the client meant them, and the client reads its answers",
  async (size) => {
    const own = await target();
    const received: Buffer[] = [];
    const port = await webSocketServer((client) => {
      client.on("message", (data: Buffer) => {
        received.push(data);
        client.send(data);
        // The first message is the session's number; the target wants to hear it, too.
        if (received.length === 1) introduce(own.port, data);
      });
    });
    const { client } = await openSession({ port, ticket: plainTicket }, own);
    const message = randomBytes(size);
    const back: Buffer[] = [];
    const { promise, resolve } = Promise.withResolvers<void>();
    client.onPayload = (bytes) => {
      back.push(Buffer.from(bytes));
      if (Buffer.concat(back).length >= size + 3) resolve();
    };
    client.send(message);
    client.send(Buffer.from("end"));
    await promise;
    expect(received[1]?.equals(message)).toBe(true);
    expect(Buffer.concat(back).subarray(-size - 3)).toEqual(Buffer.concat([message, Buffer.from("end")]));
  },
);

test("a refusal names the proxy's close code and reason", async () => {
  const port = await webSocketServer((client) => client.close(4102, "token_invalid"));
  await expect(openSession({ port, ticket: plainTicket }, await target())).rejects.toThrow("4102 token_invalid");
});

test("an answer that is no upgrade is quoted", async () => {
  const server = createServer((socket) => socket.end("HTTP/1.1 403 Forbidden\r\n\r\n")).listen(0, "127.0.0.1");
  cleanups.push(() => server.close());
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  await expect(openSession({ port, ticket: plainTicket }, await target())).rejects.toThrow("403 Forbidden");
});

function introduce(port: number, number: Buffer): void {
  const socket = connect(port, "127.0.0.1");
  cleanups.push(() => socket.destroy());
  socket.write(number);
}
