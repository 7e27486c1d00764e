import { once } from "node:events";
import { writeFileSync } from "node:fs";
import type { AddressInfo } from "node:net";
import { connect, type TLSSocket } from "node:tls";
import type { Server } from "node:https";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { createTlsServer } from "../../src/http/tls/server.ts";
import { createLogger } from "../../src/index.ts";
import { TestCertificate } from "../support/certificate.ts";

let first: TestCertificate;
let second: TestCertificate;
let server: Server;
/** When the certificates that came into use expire. */
let used: Date[];
let logged: { level: string; msg: string; err?: { message: string } }[];

beforeEach(async () => {
  first = await TestCertificate.create();
  second = await TestCertificate.create();
  logged = [];
  used = [];
});
afterEach(async () => {
  await close();
  first[Symbol.dispose]();
  second[Symbol.dispose]();
});

/** Starts a server that looks for a new certificate all the time. */
async function start(): Promise<void> {
  const log = createLogger("trace", { write: (line) => void logged.push(JSON.parse(line)) });
  server = await createTlsServer(
    {
      cert: first.cert,
      key: first.key,
      passphrase: null,
      minimumVersion: "default",
      ciphers: null,
      allowsPlain: false,
      clientCa: null,
      ticketSecret: Buffer.from("secret of the tickets"),
    },
    {
      http: {},
      handler: (_request, response) => void response.end("answer"),
      log,
      certificateUsed: (validTo) => void used.push(validTo),
      renewalMs: 5,
    },
  );
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
}

async function close(): Promise<void> {
  if (!server.listening) return;
  const closed = once(server, "close");
  server.close();
  server.closeAllConnections();
  await closed;
}

async function handshake(): Promise<TLSSocket> {
  const socket = connect({
    port: (server.address() as AddressInfo).port,
    host: "127.0.0.1",
    rejectUnauthorized: false,
  });
  await once(socket, "secureConnect");
  return socket;
}

/** The certificate that a new connection is shown, as PEM. */
async function shown(): Promise<string> {
  await using socket = await handshake();
  return socket.getPeerX509Certificate()?.toString() ?? "";
}

function messages(level: string): string[] {
  return logged.filter((line) => line.level === level).map(({ msg }) => msg);
}

describe("a certificate that is renewed while the gateway runs", () => {
  test("is shown to new connections, and the old ones go on", async () => {
    await start();
    const [before, after] = [first.pem, second.pem];
    expect(await shown()).toBe(before);
    await using old = await handshake();
    first.replaceBy(second);
    await expect.poll(shown).toBe(after);
    expect(messages("info")).toEqual(["certificate renewed"]);
    expect(messages("error")).toEqual([]);
    old.write("GET / HTTP/1.1\r\nHost: gateway.example\r\nConnection: close\r\n\r\n");
    const [answer] = (await once(old, "data")) as [Buffer];
    expect(answer.toString()).toContain("200 OK");
  });

  test("is an error in the log, once, when it is broken; the old one stays until it is repaired", async () => {
    await start();
    const [before, after] = [first.pem, second.pem];
    writeFileSync(first.cert, after);
    await expect.poll(() => messages("error")).toHaveLength(1);
    expect(logged.at(-1)?.err?.message).toContain(`but ${first.key} holds another one`);
    expect(await shown()).toBe(before);
    // Several more looks.
    for (let times = 0; times < 20; times += 1) expect(await shown()).toBe(before);
    expect(messages("error")).toHaveLength(1);
    first.replaceBy(second);
    await expect.poll(shown).toBe(after);
    expect(messages("error")).toHaveLength(1);
  });

  test("is an error in the log when its file is gone", async () => {
    await start();
    const before = first.pem;
    first[Symbol.dispose]();
    await expect.poll(() => messages("error")).toHaveLength(1);
    expect(logged.at(-1)?.err?.message).toContain(`cert: ${first.cert} cannot be read: ENOENT`);
    expect(await shown()).toBe(before);
  });

  test("does not replace one that is valid when it has expired or is not valid yet", async () => {
    await start();
    const before = first.pem;
    const day = 24 * 60 * 60 * 1000;
    const now = Date.now();
    for (const [index, [from, to, problem]] of (
      [
        [now - 9 * day, now - day, "the certificate has expired"],
        [now + day, now + 9 * day, "the certificate is not valid yet"],
      ] as const
    ).entries()) {
      using wrong = await TestCertificate.create({ from: new Date(from), to: new Date(to) });
      first.replaceBy(wrong);
      await expect.poll(() => messages("error")).toHaveLength(index + 1);
      expect(logged.at(-1)?.err?.message).toBe(problem);
      expect(await shown()).toBe(before);
    }
    expect(used).toHaveLength(1);
    first.replaceBy(second);
    await expect.poll(() => used).toHaveLength(2);
  });

  test("replaces an expired one, with which the gateway starts, but not silently", async () => {
    const day = 24 * 60 * 60 * 1000;
    first[Symbol.dispose]();
    first = await TestCertificate.create({ from: new Date(Date.now() - 9 * day), to: new Date(Date.now() - day) });
    await start();
    expect(messages("error")).toEqual(["the certificate has expired"]);
    first.replaceBy(second);
    await expect.poll(() => messages("info")).toEqual(["certificate renewed"]);
  });

  test("is looked for no longer than the server listens", async () => {
    vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] });
    try {
      await start();
      const looking = vi.getTimerCount();
      await close();
      // The look at the files, and the next ticket keys.
      expect(vi.getTimerCount()).toBe(looking - 2);
    } finally {
      vi.useRealTimers();
    }
  });
});
