import { startQemuVnc, startTigerVnc } from "@curfew/testing/real";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { ConfigInput } from "../../src/index.ts";
import { type Issued, TestAuthority } from "../support/authority.ts";
import { Client } from "../support/client.ts";
import { TestGateway } from "../support/gateway.ts";

const DAY_MS = 24 * 60 * 60 * 1000;
const EXPIRED = { from: new Date(Date.now() - 2 * DAY_MS), to: new Date(Date.now() - DAY_MS) };
const HELLO = Buffer.from("RFB 003.008\n\x01\x01");
/** Version, security types and SecurityResult. */
const GREETING_BYTES = 12 + 2 + 4;
/** ServerInit up to the name (RFC 6143, section 7.3.2). */
const SERVER_INIT_BYTES = 24;
const UNTRUSTED = { code: 4010, reason: "target_untrusted" };
const NOT_AGREED = { code: 4011, reason: "target_security_failed" };

/** The screens that QEMU's firmware shows, one after the other. */
const FIRMWARE = [
  [640, 480],
  [720, 400],
];

interface Server {
  readonly host: string;
  readonly port: number;
}

let authority: TestAuthority;
let foreign: TestAuthority;
let client: Issued;
let expiredClient: Issued;
let foreignClient: Issued;
beforeAll(async () => {
  authority = await TestAuthority.create();
  foreign = await TestAuthority.create();
  await authority.issue("server");
  client = await authority.issue("client");
  expiredClient = await authority.issue("expired-client", EXPIRED);
  foreignClient = await foreign.issue("client");
});
afterAll(() => {
  authority[Symbol.dispose]();
  foreign[Symbol.dispose]();
});

function shown({ cert, key }: Issued): ConfigInput["vnc"] {
  return { vencrypt_client_cert: cert, vencrypt_client_key: key };
}

function gatewayWith(vnc: ConfigInput["vnc"]): Promise<TestGateway> {
  return TestGateway.start({
    config: { vnc: { auth_schemes: ["vencrypt"], vencrypt_ca_certs: authority.cert, ...vnc } },
  });
}

async function connect(gateway: TestGateway, { host, port }: Server): Promise<Client> {
  const { token } = await gateway.token(`${host}:${port}`, { type: "vnc" });
  const viewer = new Client(gateway.host, token, { protocols: ["binary"] });
  viewer.socket.once("open", () => viewer.socket.send(HELLO));
  return viewer;
}

/** The width and height of the console's screen, which only a client gets that was let in. */
async function screenOf(server: Server, vnc: ConfigInput["vnc"] = {}): Promise<readonly number[]> {
  await using gateway = await gatewayWith(vnc);
  using viewer = await connect(gateway, server);
  await viewer.bytes(GREETING_BYTES + SERVER_INIT_BYTES);
  const init = Buffer.concat(viewer.head).subarray(GREETING_BYTES);
  return [init.readUInt16BE(0), init.readUInt16BE(2)];
}

/** Why the gateway gave up, as the log says it. */
async function failureAt(server: Server, vnc: ConfigInput["vnc"]): Promise<string> {
  await using gateway = await gatewayWith(vnc);
  using viewer = await connect(gateway, server);
  const closed = await viewer.closed;
  const detail = String(gateway.logged("session ended")[0]?.["detail"]);
  expect(closed).toEqual(detail.startsWith("the console's certificate") ? UNTRUSTED : NOT_AGREED);
  return detail;
}

describe("QEMU with tls-creds-x509", () => {
  test("that verifies clients lets in whom it trusts, and of others the log says why", async () => {
    await using server = await startQemuVnc({ guest: "bios", tls: { folder: authority.folder } });
    expect(await screenOf(server, shown(client))).toBeOneOf(FIRMWARE);
    expect(await screenOf(server, { ...shown(client), vencrypt_check_server_name: true })).toBeOneOf(FIRMWARE);
    for (const wrong of [{}, shown(foreignClient), shown(expiredClient)]) {
      // QEMU checks certificates of clients only once TLS is there, and then says nothing.
      expect(await failureAt(server, wrong)).toBe("the console closed the connection after the TLS handshake");
    }
    expect(await failureAt(server, { ...shown(client), vencrypt_ca_certs: foreign.cert })).toMatch(
      /^the console's certificate is not from an authority that the gateway trusts/,
    );
  });

  test("that does not verify clients needs no certificate of the gateway", async () => {
    await using server = await startQemuVnc({ guest: "bios", tls: { folder: authority.folder, verifyClients: false } });
    expect(await screenOf(server)).toBeOneOf(FIRMWARE);
  });

  test("whose certificate has expired", async () => {
    using old = await TestAuthority.create();
    await old.issue("server", EXPIRED);
    await using server = await startQemuVnc({ guest: "bios", tls: { folder: old.folder, verifyClients: false } });
    expect(await failureAt(server, { vencrypt_ca_certs: old.cert })).toMatch(/^the console's certificate has expired/);
  });
});

describe("TigerVNC", () => {
  test("with X509None", async () => {
    const tls = await authority.issue("tigervnc");
    await using server = await startTigerVnc({ client: "none", width: 640, height: 400, tls });
    expect(await screenOf(server)).toEqual([640, 400]);
    expect(await failureAt(server, { vencrypt_ca_certs: foreign.cert })).toMatch(
      /^the console's certificate is not from/,
    );
  });

  test("with X509Vnc: the right password, a wrong one, and none", async () => {
    const tls = await authority.issue("tigervnc");
    await using server = await startTigerVnc({ client: "none", width: 640, height: 400, tls, password: "sesame" });
    expect(await screenOf(server, { vencrypt_password: "sesame" })).toEqual([640, 400]);
    expect(await failureAt(server, { vencrypt_password: "guess" })).toBe("the console refused the gateway");
    expect(await failureAt(server, {})).toBe("the console offers no kind of VeNCrypt that the gateway can use");
  });
});
