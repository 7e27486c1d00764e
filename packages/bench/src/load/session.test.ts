import { randomBytes } from "node:crypto";
import { once } from "node:events";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { createServer as createTlsServer } from "node:https";
import { connect, createServer, type AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, expect, test } from "vitest";
import { type WebSocket, WebSocketServer } from "ws";
import { makeCertificate } from "../machine/certificate.ts";
import { plainTicket } from "./client.ts";
import { closeSessions, openSession } from "./session.ts";
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

test("over TLS a session is the same, up to its end by force", async () => {
  const folder = await mkdtemp(join(tmpdir(), "curfew-bench-test-"));
  cleanups.push(() => rm(folder, { recursive: true }));
  const { cert, key } = await makeCertificate(folder);
  const https = createTlsServer({ cert: await readFile(cert), key: await readFile(key) }).listen(0, "127.0.0.1");
  cleanups.push(() => https.close());
  await once(https, "listening");
  const own = await target();
  const server = new WebSocketServer({ server: https });
  server.on("connection", (client) => {
    client.once("message", (data: Buffer) => {
      introduce(own.port, data);
      client.send(data);
      client.on("message", (more: Buffer) => client.send(more));
    });
  });
  const ways = { port: (https.address() as AddressInfo).port, ticket: plainTicket, tls: true };
  const session = await openSession(ways, own);
  const { promise, resolve } = Promise.withResolvers<string>();
  session.client.onPayload = (bytes) => resolve(bytes.toString());
  session.client.send(Buffer.from("through TLS"));
  expect(await promise).toBe("through TLS");
  session.client.abort();
  await closeSessions([session]);
});

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
  const socket = connect(port, "127.0.0.1").on("error", () => {});
  cleanups.push(() => socket.destroy());
  socket.write(number);
}
