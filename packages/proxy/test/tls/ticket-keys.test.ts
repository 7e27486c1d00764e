import { once } from "node:events";
import type { AddressInfo } from "node:net";
import { connect, type TLSSocket } from "node:tls";
import { afterAll, expect, test } from "vitest";
import { createTlsServer, type TlsServer } from "../../src/http/tls/server.ts";
import { ticketKeys } from "../../src/http/tls/ticket-keys.ts";
import { createLogger } from "../../src/index.ts";
import { TestCertificate } from "../support/certificate.ts";

const certificate = await TestCertificate.create();
afterAll(() => certificate[Symbol.dispose]());

async function worker(secret: string): Promise<TlsServer> {
  const server = await createTlsServer(
    {
      cert: certificate.cert,
      key: certificate.key,
      passphrase: null,
      minimumVersion: "default",
      ciphers: null,
      allowsPlain: false,
      clientCa: null,
      ticketSecret: Buffer.from(secret),
    },
    {
      http: {},
      handler: (_request, response) => void response.end(),
      log: createLogger("silent"),
      certificateUsed: () => {},
    },
  );
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return server;
}

function visit(server: TlsServer, session?: Buffer): TLSSocket {
  const { port } = server.address() as AddressInfo;
  return connect({ port, host: "127.0.0.1", rejectUnauthorized: false, ...(session && { session }) });
}

async function resumes(server: TlsServer, session: Buffer): Promise<boolean> {
  await using socket = visit(server, session);
  await once(socket, "secureConnect");
  return socket.isSessionReused();
}

test("a client resumes its TLS session at any worker of the gateway, and at no other gateway", async () => {
  const [first, second, other] = await Promise.all([worker("one"), worker("one"), worker("two")]);
  const socket = visit(first);
  const [session] = (await once(socket, "session")) as [Buffer];
  socket.destroy();
  expect(await resumes(second, session)).toBe(true);
  expect(await resumes(other, session)).toBe(false);
  for (const server of [first, second, other]) server.close();
});

test("a new certificate does not change the keys", async () => {
  const [first, second] = await Promise.all([worker("one"), worker("one")]);
  using renewed = await TestCertificate.create();
  certificate.replaceBy(renewed);
  await first.reloadCertificate(undefined);
  const socket = visit(first);
  const [session] = (await once(socket, "session")) as [Buffer];
  socket.destroy();
  expect(await resumes(second, session)).toBe(true);
  for (const server of [first, second]) server.close();
});

test("the keys change every 12 hours", () => {
  const secret = Buffer.from("secret");
  const hour = 60 * 60 * 1000;
  const keys = [0, 11, 12, 23, 24].map((hours) => ticketKeys(secret, hours * hour).toString("hex"));
  expect(new Set(keys).size).toBe(3);
  expect(keys[0]).toBe(keys[1]);
  expect(ticketKeys(secret, 0)).toHaveLength(48);
});
