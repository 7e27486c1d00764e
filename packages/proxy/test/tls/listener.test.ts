import { startByteServer } from "@curfew/testing";
import { createPrivateKey } from "node:crypto";
import { once } from "node:events";
import { appendFileSync, readFileSync, writeFileSync } from "node:fs";
import type { IncomingMessage } from "node:http";
import { request } from "node:https";
import { connect } from "node:net";
import { join } from "node:path";
import { connect as connectTls, type ConnectionOptions, type TLSSocket } from "node:tls";
import { afterAll, beforeEach, describe, expect, test } from "vitest";
import { WebSocket } from "ws";
import type { ConfigInput } from "../../src/index.ts";
import { TestCertificate } from "../support/certificate.ts";
import { Command } from "../support/command.ts";
import { TestGateway } from "../support/gateway.ts";
import { useTls } from "../support/transport.ts";

const certificate = await TestCertificate.create();
const other = await TestCertificate.create();
beforeEach(() => useTls(certificate));
afterAll(() => {
  certificate[Symbol.dispose]();
  other[Symbol.dispose]();
});

/** A file of the test's own in the certificate's folder. */
function file(name: string, text: string): string {
  const path = join(certificate.folder, name);
  writeFileSync(path, text);
  return path;
}

/** The private key as PEM, encrypted with a passphrase. */
function encrypted(passphrase: string): string {
  const key = createPrivateKey(readFileSync(certificate.key));
  return key.export({ type: "pkcs8", format: "pem", cipher: "aes-256-cbc", passphrase }).toString();
}

/** The connection of a client, once its handshake is over. */
async function handshake(gateway: TestGateway, options: ConnectionOptions = {}): Promise<TLSSocket> {
  const { hostname, port } = new URL(gateway.url);
  const socket = connectTls({ host: hostname, port: Number(port), ca: certificate.pem, ...options });
  await once(socket, "secureConnect");
  return socket;
}

/** The head of the answer to a request over https. */
async function get(url: string): Promise<IncomingMessage> {
  const sent = request(url, { ca: certificate.pem, agent: false }).end();
  const [response] = (await once(sent, "response")) as [IncomingMessage];
  return response.resume();
}

describe("a gateway with a certificate", () => {
  test("logs and counts handshakes that fail", async () => {
    await using gateway = await TestGateway.start({ config: { ssl_only: true } });
    await expect(handshake(gateway, { maxVersion: "TLSv1.1", ciphers: "DEFAULT@SECLEVEL=0" })).rejects.toThrow("SSL");
    await expect.poll(() => gateway.logged("upgrade refused")).toMatchObject([{ client: "127.0.0.1", fault: "tls" }]);
    const metrics = await (await fetch(`${gateway.adminUrl}/metrics`)).text();
    expect(metrics).toContain('curfew_upgrades_refused_total{fault="tls"} 1\n');
  });

  test("also speaks plain HTTP at the same port where ssl_only is off, and pins no browser to https", async () => {
    await using gateway = await TestGateway.start({ config: { ssl_only: false } });
    expect((await fetch(`http://${gateway.host}/healthz`)).status).toBe(200);
    const { statusCode, headers } = await get(`${gateway.url}/assets/none.css`);
    expect([statusCode, headers["strict-transport-security"]]).toEqual([404, undefined]);
    await using target = await startByteServer({ mode: "echo" });
    const { token } = await gateway.token(target.address);
    for (const scheme of ["ws", "wss"]) {
      const client = new WebSocket(`${scheme}://${gateway.host}/?token=${token}`, { ca: certificate.pem });
      await once(client, "open");
      client.send("key");
      expect(String((await once(client, "message"))[0])).toBe("key");
      client.terminate();
    }
  });

  test("survives clients that say nothing, or vanish before they do, where ssl_only is off", async () => {
    await using gateway = await TestGateway.start({
      config: { ssl_only: false, connections: { unauthenticated_timeout: 0.5 } },
    });
    const { hostname, port } = new URL(gateway.url);
    const silent = connect(Number(port), hostname);
    const vanishing = connect(Number(port), hostname, () => vanishing.resetAndDestroy());
    await once(silent.resume(), "close");
    expect((await fetch(`http://${gateway.host}/healthz`)).status).toBe(200);
  });

  test("is reached over https, and the console URLs that it issues say so", async () => {
    await using gateway = await TestGateway.start();
    expect(gateway.url).toMatch(/^https:\/\/127\.0\.0\.1:\d+$/);
    expect(gateway.adminUrl).toMatch(/^http:/);
    expect((await get(`${gateway.url}/healthz`)).statusCode).toBe(200);
    const issued = await gateway.admin("POST", "/v1/tokens", { type: "vnc", target: "127.0.0.1:5901" });
    expect(await issued.json()).toMatchObject({ url: expect.stringContaining(`${gateway.url}/console/`) });
  });

  test("tries its public port over TLS for /readyz", async () => {
    await using gateway = await TestGateway.start();
    await expect.poll(async () => await (await fetch(`${gateway.adminUrl}/readyz`)).text()).toBe("ready");
  });

  test("keeps browsers on https", async () => {
    await using gateway = await TestGateway.start();
    const { headers } = await get(`${gateway.url}/assets/none.css`);
    expect(headers["strict-transport-security"]).toBe("max-age=31536000");
  });

  test("speaks nothing but TLS", async () => {
    await using gateway = await TestGateway.start();
    await expect(fetch(`http://${gateway.host}/healthz`)).rejects.toThrow("fetch failed");
  });

  test("speaks HTTP/1.1 to a client that would rather have HTTP/2", async () => {
    await using gateway = await TestGateway.start();
    await using socket = await handshake(gateway, { ALPNProtocols: ["h2", "http/1.1"] });
    expect(socket.alpnProtocol).toBe("http/1.1");
  });

  test("finds the private key in the file of the certificate where key is not set", async () => {
    const both = file("both.pem", certificate.pem + readFileSync(certificate.key, "utf8"));
    await using gateway = await TestGateway.start({ config: { cert: both, key: null } });
    expect((await get(`${gateway.url}/healthz`)).statusCode).toBe(200);
  });

  test("opens a private key that is encrypted with key_password", async () => {
    const key = file("encrypted.pem", encrypted("open sesame"));
    await using gateway = await TestGateway.start({ config: { key, key_password: "open sesame" } });
    expect((await get(`${gateway.url}/healthz`)).statusCode).toBe(200);
  });

  test("is closed although a client is in the middle of its handshake", async () => {
    const gateway = await TestGateway.start();
    const { hostname, port } = new URL(gateway.url);
    const client = connect(Number(port), hostname);
    const closed = once(client, "close");
    await once(client, "connect");
    await gateway[Symbol.asyncDispose]();
    await closed;
  });

  test("is what `curfew serve` starts with cert and key", async () => {
    await using target = await startByteServer({ mode: "echo" });
    const args = ["serve", "--listen", "127.0.0.1:0", "--admin-listen", "127.0.0.1:0", "--serial", target.address];
    await using command = new Command(args, {
      CURFEW_CERT: certificate.cert,
      CURFEW_KEY: certificate.key,
      CURFEW_TOKENS_PATH: ":memory:",
    });
    const [, url = ""] = await command.printed(/curfew listens at (https:\/\/\S+)/);
    expect((await get(`${url}/healthz`)).statusCode).toBe(200);
    await command.printed(new RegExp(`console of ${target.address}: ${url}/console/`));
  });
});

describe("what a client may speak", () => {
  const OLD = { maxVersion: "TLSv1.2" } as const;
  const CIPHER = "ECDHE-ECDSA-AES256-GCM-SHA384";

  test.each(["default", "tlsv1_2"] as const)("%s takes TLS 1.2 and 1.3", async (ssl_minimum_version) => {
    await using gateway = await TestGateway.start({ config: { console: { ssl_minimum_version } } });
    await using older = await handshake(gateway, OLD);
    await using newer = await handshake(gateway);
    expect([older.getProtocol(), newer.getProtocol()]).toEqual(["TLSv1.2", "TLSv1.3"]);
  });

  test("tlsv1_3 takes nothing older", async () => {
    await using gateway = await TestGateway.start({ config: { console: { ssl_minimum_version: "tlsv1_3" } } });
    await expect(handshake(gateway, OLD)).rejects.toThrow(/protocol version/i);
    await using newer = await handshake(gateway);
    expect(newer.getProtocol()).toBe("TLSv1.3");
  });

  test("ssl_ciphers chooses the ciphers of TLS 1.2, and leaves TLS 1.3 alone", async () => {
    await using gateway = await TestGateway.start({ config: { console: { ssl_ciphers: CIPHER } } });
    await using older = await handshake(gateway, OLD);
    await using newer = await handshake(gateway);
    expect([older.getCipher().name, newer.getProtocol()]).toEqual([CIPHER, "TLSv1.3"]);
    await expect(handshake(gateway, { ...OLD, ciphers: "ECDHE-ECDSA-AES128-GCM-SHA256" })).rejects.toThrow(
      /handshake/i,
    );
  });
});

describe("a wrong certificate is refused at the start, with the option and the file", () => {
  const missing = join(certificate.folder, "missing.pem");
  const empty = file("empty.pem", "no certificate\n");
  const locked = file("locked.pem", encrypted("open sesame"));

  test.each<[string, ConfigInput, string]>([
    ["no such file", { cert: missing }, `cert: ${missing} cannot be read: ENOENT`],
    ["a folder", { cert: certificate.folder }, `cert: ${certificate.folder} cannot be read: EISDIR`],
    ["no certificate in it", { cert: empty }, `cert: expected a certificate in PEM, but found none in ${empty}`],
    ["no such key file", { key: missing }, `key: ${missing} cannot be read: ENOENT`],
    [
      "no key in it",
      { key: empty },
      `key: expected a private key without a passphrase in PEM, but found none in ${empty}`,
    ],
    ["an encrypted key", { key: locked }, `key: expected a private key without a passphrase in PEM, but found none`],
    [
      "an encrypted key, and another passphrase",
      { key: locked, key_password: "hunter2" },
      `key: expected a private key in PEM that key_password opens, but found none in ${locked}`,
    ],
    ["no key in the certificate's file", { key: null }, `found none in ${certificate.cert}, and the option key`],
    [
      "the key of another certificate",
      { key: other.key },
      `key: expected the private key of the certificate in ${certificate.cert}, but ${other.key} holds another one`,
    ],
    [
      "ciphers that do not exist",
      { console: { ssl_ciphers: "NO-SUCH" } },
      'console.ssl_ciphers: expected an OpenSSL cipher list, but nothing matches "NO-SUCH"',
    ],
  ])("%s", async (_what, config, problem) => {
    await expect(TestGateway.start({ config })).rejects.toThrow(problem);
  });

  test("a broken chain behind the certificate", async () => {
    const broken = file("broken.pem", certificate.pem);
    appendFileSync(broken, certificate.pem.replace(/\n[\w+/]{20}/, "\n"));
    await expect(TestGateway.start({ config: { cert: broken } })).rejects.toThrow(`cert: OpenSSL refuses ${broken}`);
  });
});
