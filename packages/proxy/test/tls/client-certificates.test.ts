import { startByteServer } from "@curfew/testing";
import { once } from "node:events";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { connect as connectTls, type ConnectionOptions, type TLSSocket } from "node:tls";
import { afterAll, beforeAll, expect, test } from "vitest";
import { WebSocket } from "ws";
import { type Issued, TestAuthority } from "../support/authority.ts";
import { TestCertificate } from "../support/certificate.ts";
import { Client } from "../support/client.ts";
import { TestGateway } from "../support/gateway.ts";
import { useTls } from "../support/transport.ts";

const certificate = await TestCertificate.create();
let authority: TestAuthority;
let foreign: TestAuthority;
let ada: Issued;
let stranger: Issued;
let expired: Issued;

beforeAll(async () => {
  useTls(certificate);
  authority = await TestAuthority.create();
  foreign = await TestAuthority.create();
  ada = await authority.issue("ada");
  stranger = await foreign.issue("ada");
  expired = await authority.issue("grace", { from: new Date(Date.now() - 2e8), to: new Date(Date.now() - 1e8) });
});
afterAll(() => {
  for (const made of [certificate, authority, foreign]) made[Symbol.dispose]();
});

function shown(issued: Issued | undefined): ConnectionOptions {
  return issued === undefined ? {} : { cert: readFileSync(issued.cert), key: readFileSync(issued.key) };
}

/** What connections can be resumed with: of TLS 1.3 it comes in front of the first bytes. */
const tickets = new WeakMap<TLSSocket, Buffer>();

/** A connection over TLS, with this certificate of the client. */
async function connection(gateway: TestGateway, issued?: Issued, more: ConnectionOptions = {}): Promise<TLSSocket> {
  const { hostname, port } = new URL(gateway.url);
  const options = { host: hostname, port: Number(port), ca: certificate.pem, ...shown(issued), ...more };
  const socket = connectTls(options).on("error", () => {});
  socket.on("session", (ticket) => tickets.set(socket, ticket));
  await once(socket, "secureConnect");
  return socket;
}

/** The status of an answer on this connection, which it ends. */
async function status(socket: TLSSocket, path: string): Promise<number> {
  socket.write(`GET ${path} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n`);
  const [answer] = (await once(socket, "data")) as [Buffer];
  socket.destroy();
  return Number(answer.toString().split(" ")[1]);
}

/** A file without a certificate. */
function empty(): string {
  const file = join(authority.folder, "empty.pem");
  writeFileSync(file, "nothing");
  return file;
}

function start(): Promise<TestGateway> {
  return TestGateway.start({ config: { client_ca: authority.cert } });
}

test("a client with a certificate that is trusted opens a console, and the log has its subject", async () => {
  await using target = await startByteServer({ mode: "echo" });
  await using gateway = await start();
  const { token } = await gateway.token(target.address);
  using client = new Client(gateway.host, token, { connection: await connection(gateway, ada) });
  await client.message("hello");
  expect(gateway.logged("session opened")).toMatchObject([{ certificate: "CN=ada" }]);
  const listed = (await (await gateway.admin("GET", "/v1/sessions")).json()) as unknown;
  expect(listed).toMatchObject({ sessions: [{ certificate: "CN=ada" }] });
  expect([200, 404]).toContain(await status(await connection(gateway, ada), "/"));
});

test("a client without one, or with another, gets neither the page nor a console, and the log says so", async () => {
  await using gateway = await start();
  const { token } = await gateway.token("127.0.0.1:9");
  for (const issued of [undefined, stranger, expired]) {
    using client = new Client(gateway.host, token, { connection: await connection(gateway, issued) });
    expect(await client.closed).toEqual({ code: 4003, reason: "forbidden" });
    expect(await client.message("bye")).toMatchObject({ detail: "a client certificate is required" });
    expect(await status(await connection(gateway, issued), "/")).toBe(403);
    for (const path of ["/healthz", "/readyz"]) expect(await status(await connection(gateway, issued), path)).toBe(200);
  }
  expect(gateway.endReasons()).toEqual(["forbidden", "forbidden", "forbidden"]);
});

test.each(["TLSv1.2", "TLSv1.3"] as const)("a resumed session of %s has what it began with", async (version) => {
  await using gateway = await start();
  for (const issued of [undefined, expired, ada]) {
    const options: ConnectionOptions = { minVersion: version, maxVersion: version };
    const first = await connection(gateway, issued, options);
    const answered = await status(first, "/");
    const resumed = await connection(gateway, undefined, { ...options, session: tickets.get(first) });
    expect(resumed.isSessionReused()).toBe(true);
    expect(await status(resumed, "/")).toBe(answered);
  }
});

test("over plain HTTP nothing is opened", async () => {
  await using gateway = await TestGateway.start({ config: { client_ca: authority.cert, ssl_only: false } });
  const plain = gateway.url.replace("https", "http");
  expect((await fetch(plain)).status).toBe(403);
  const [code] = (await once(new WebSocket(`ws://${gateway.host}/?token=any`), "close")) as [number];
  expect(code).toBe(4003);
});

test("a file without authorities keeps the gateway from starting", async () => {
  for (const [file, message] of [
    [empty(), `client_ca: expected a certificate in PEM, but found none in ${empty()}`],
    ["/none.pem", "client_ca: /none.pem cannot be read: ENOENT"],
  ] as const) {
    await expect(TestGateway.start({ config: { client_ca: file } })).rejects.toThrow(message);
  }
});

test.each(["TLSv1.2", "TLSv1.3"] as const)(
  "a reload takes other authorities for new connections of %s",
  async (version) => {
    using successor = await TestAuthority.create("Successor");
    const grace = await successor.issue("grace");
    await using target = await startByteServer({ mode: "echo" });
    await using gateway = await start();
    const { token } = await gateway.token(target.address);
    using running = new Client(gateway.host, token, { connection: await connection(gateway, ada) });
    await running.message("hello");
    const options: ConnectionOptions = { minVersion: version, maxVersion: version };
    const before = await connection(gateway, ada, options);
    const admitted = await status(before, "/");
    for (const file of [empty(), "/none.pem"]) {
      await expect(gateway.reload({ client_ca: file })).rejects.toThrow("client_ca: ");
      expect(await status(await connection(gateway, ada), "/")).toBe(admitted);
    }
    expect(await gateway.reload({ client_ca: successor.cert })).toEqual({ applied: ["client_ca"], needRestart: [] });
    expect(await status(await connection(gateway, ada, options), "/")).toBe(403);
    expect(await status(await connection(gateway, grace, options), "/")).toBe(admitted);
    const resumed = await connection(gateway, undefined, { ...options, session: tickets.get(before) });
    expect([resumed.isSessionReused(), await status(resumed, "/")]).toEqual([false, 403]);
    running.socket.send(Buffer.from("still here"));
    await running.bytes(10);
  },
);

test("whether clients need a certificate at all, and their names then, change with a restart only", async () => {
  await using gateway = await TestGateway.start({ config: { client_ca: authority.cert } });
  expect(await gateway.reload({})).toEqual({ applied: [], needRestart: ["client_ca"] });
  expect(await status(await connection(gateway), "/")).toBe(403);
  await using without = await TestGateway.start();
  const answered = await status(await connection(without), "/");
  expect(await without.reload({ client_ca: authority.cert, access: { client_names: ["ada"], page: true } })).toEqual({
    applied: ["access.page"],
    needRestart: ["client_ca", "access.client_names"],
  });
  expect(await status(await connection(without), "/")).toBe(answered);
});
