import { randomBytes } from "node:crypto";
import { once } from "node:events";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { createServer as createTlsServer } from "node:https";
import { connect, createServer, type AddressInfo, type Socket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { connect as connectTls } from "node:tls";
import { afterEach, expect, test } from "vitest";
import { type WebSocket, WebSocketServer } from "ws";
import { makeCertificate } from "../machine/certificate.ts";
import { PLAIN_UPGRADE } from "./client.ts";
import { closeSessions, openSession } from "./session.ts";
import { ACKNOWLEDGEMENT, Target } from "./target.ts";

const cleanups: (() => unknown)[] = [];
afterEach(async () => {
  for (const cleanup of cleanups.splice(0)) await cleanup();
});

/** A server based on another library. It acknowledges the session number itself. */
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
  "messages of %i bytes are the same in ws, and back in the client",
  async (size) => {
    const own = await target();
    const received: Buffer[] = [];
    const port = await webSocketServer((client) => {
      client.on("message", (data: Buffer) => {
        received.push(data);
        client.send(data);
        // The first message is the session number, which the target expects, too.
        if (received.length === 1) announce(own.port, data);
      });
    });
    const { client } = await openSession({ port, upgrade: PLAIN_UPGRADE }, own);
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

test("sessions over TLS work, and can be aborted", async () => {
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
      const toTarget = announce(own.port, data);
      client.on("close", () => toTarget.destroy());
      client.send(data);
      client.on("message", (more: Buffer) => client.send(more));
    });
  });
  const options = { port: (https.address() as AddressInfo).port, upgrade: PLAIN_UPGRADE, tls: true };
  const session = await openSession(options, own);
  const { promise, resolve } = Promise.withResolvers<string>();
  session.client.onPayload = (bytes) => resolve(bytes.toString());
  session.client.send(Buffer.from("through TLS"));
  expect(await promise).toBe("through TLS");
  session.client.abort();
  await closeSessions([session]);
});

test("a target with TLS identifies sessions as one without", async () => {
  const folder = await mkdtemp(join(tmpdir(), "curfew-bench-test-"));
  cleanups.push(() => rm(folder, { recursive: true }));
  const own = await Target.listen(await makeCertificate(folder));
  cleanups.push(() => own.close());
  expect(own.endpoint).toBe(`tls://127.0.0.1:${own.port}`);
  const socket = connectTls({ host: "127.0.0.1", port: own.port, rejectUnauthorized: false });
  const accepted = own.session(7);
  socket.write(Buffer.from([0, 0, 0, 7]));
  const [acknowledged] = (await once(socket, "data")) as [Buffer];
  expect(acknowledged).toEqual(ACKNOWLEDGEMENT);
  (await accepted).write("login:");
  const [output] = (await once(socket, "data")) as [Buffer];
  expect(output.toString()).toBe("login:");
  socket.destroy();
});

test("a refusal reports the close code and reason of the proxy", async () => {
  const port = await webSocketServer((client) => client.close(4102, "token_invalid"));
  await expect(openSession({ port, upgrade: PLAIN_UPGRADE }, await target())).rejects.toThrow("4102 token_invalid");
});

test("a response that is not an upgrade is quoted", async () => {
  const server = createServer((socket) => socket.end("HTTP/1.1 403 Forbidden\r\n\r\n")).listen(0, "127.0.0.1");
  cleanups.push(() => server.close());
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  await expect(openSession({ port, upgrade: PLAIN_UPGRADE }, await target())).rejects.toThrow("403 Forbidden");
});

function announce(port: number, number: Buffer): Socket {
  const socket = connect(port, "127.0.0.1").on("error", () => {});
  cleanups.push(() => socket.destroy());
  socket.write(number);
  return socket;
}
