import { createDecipheriv } from "node:crypto";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { ConfigInput } from "../../src/index.ts";
import { TestCertificate } from "../support/certificate.ts";
import { Client } from "../support/client.ts";
import { TestGateway } from "../support/gateway.ts";
import {
  offer,
  OK,
  type ScriptedConnection,
  startScriptedVnc,
  uint32,
  VERSION,
  withLength,
} from "../support/scripted-vnc.ts";

const NO_AGREEMENT = Buffer.concat([uint32(1), withLength("Unable to negotiate security with server")]);
const GREETING = Buffer.concat([VERSION, Buffer.of(1, 1)]);
const [X509_NONE, X509_VNC, X509_PLAIN] = [260, 261, 262];

let certificate: TestCertificate;
let other: TestCertificate;
beforeAll(async () => {
  certificate = await TestCertificate.create();
  other = await TestCertificate.create();
});
afterAll(() => {
  certificate[Symbol.dispose]();
  other[Symbol.dispose]();
});

/** What is special about a server's VeNCrypt. */
interface Script {
  readonly version?: readonly [number, number];
  readonly versionAnswer?: number;
  readonly subtypes?: readonly number[];
  readonly subtypeAnswer?: number;
  readonly tls?: Parameters<ScriptedConnection["startTls"]>[0];
  /** What follows TLS; returns when the SecurityResult is due. */
  readonly authenticate?: (connection: ScriptedConnection, subtype: number) => Promise<void>;
  readonly result?: Buffer;
}

/** The server's side of VeNCrypt 0.2. */
async function vencrypt(connection: ScriptedConnection, script: Script = {}): Promise<void> {
  const { version = [0, 2], versionAnswer = 0, subtypes = [X509_NONE], subtypeAnswer = 1, result = OK } = script;
  await offer(connection, 2, 19);
  await connection.send(...version);
  await connection.read(2);
  await connection.send(versionAnswer);
  await connection.send(subtypes.length, uint32(...subtypes));
  const subtype = (await connection.read(4)).readUInt32BE();
  await connection.send(subtypeAnswer);
  await connection.startTls(script.tls ?? certificate.pair);
  await script.authenticate?.(connection, subtype);
  await connection.send(result);
  for (;;) await connection.send(await connection.read(1));
}

interface Outcome {
  readonly client: Buffer;
  readonly server: Buffer;
  /** Close code and reason. */
  readonly closed: { readonly code: number; readonly reason: string };
  /** What the log says of the end. */
  readonly detail: unknown;
  readonly cause: string;
}

/** Connects a viewer to a server that will not let it in. */
async function refusal(
  script: (connection: ScriptedConnection) => Promise<void>,
  vnc: ConfigInput["vnc"] = {},
  config: ConfigInput = {},
): Promise<Outcome> {
  await using server = await startScriptedVnc(script);
  await using gateway = await TestGateway.start({
    config: { ...config, vnc: { auth_schemes: ["vencrypt"], vencrypt_ca_certs: certificate.cert, ...vnc } },
  });
  const { token } = await gateway.token(server.address, { type: "vnc" });
  using client = new Client(gateway.host, token, { protocols: ["binary"] });
  client.socket.once("open", () => client.socket.send(Buffer.concat([VERSION, Buffer.of(1, 1)])));
  const closed = await client.closed;
  const connection = await server.connection;
  await connection.untilClosed();
  const [end = {}] = gateway.logged("session ended");
  return {
    client: Buffer.concat(client.head),
    server: connection.received,
    closed,
    detail: end["detail"],
    cause: JSON.stringify(end["cause"]),
  };
}

const UNTRUSTED = { code: 4010, reason: "target_untrusted" };
const NOT_AGREED = { code: 4011, reason: "target_security_failed" };

/** What a server has received up to its list of subtypes. */
const BEFORE_SUBTYPE = Buffer.concat([VERSION, Buffer.of(19, 0, 2)]);

async function login(script: Script, vnc: ConfigInput["vnc"], inSingleBytes = false): Promise<Buffer> {
  await using server = await startScriptedVnc(async (connection) => {
    connection.inSingleBytes = inSingleBytes;
    await vencrypt(connection, script);
  });
  await using gateway = await TestGateway.start({
    config: { vnc: { auth_schemes: ["none", "vencrypt"], vencrypt_ca_certs: certificate.cert, ...vnc } },
  });
  const { token } = await gateway.token(server.address, { type: "vnc" });
  using client = new Client(gateway.host, token);
  client.socket.once("open", () => client.socket.send(Buffer.concat([VERSION, Buffer.of(1), Buffer.from("typed")])));
  await client.bytes(GREETING.length + OK.length + 5);
  expect(Buffer.concat(client.head)).toEqual(Buffer.concat([GREETING, OK, Buffer.from("typed")]));
  return (await server.connection).received;
}

describe("a server with X509None", () => {
  test.each([false, true])("is authenticated to over TLS; in single bytes: %s", async (inSingleBytes) => {
    const received = await login({}, {}, inSingleBytes);
    expect(received).toEqual(Buffer.concat([BEFORE_SUBTYPE, uint32(X509_NONE), Buffer.from("typed")]));
  });

  test("needs no certificate of the gateway, and gets one that is configured", async () => {
    const vnc = { vencrypt_client_cert: other.cert, vencrypt_client_key: other.key };
    await login({ tls: { ...certificate.pair, requestCert: true, ca: other.pem } }, vnc);
    for (const maxVersion of ["TLSv1.2", "TLSv1.3"] as const) {
      await login(
        { tls: { ...certificate.pair, requestCert: true, rejectUnauthorized: true, ca: other.pem, maxVersion } },
        vnc,
      );
    }
  });

  test("may have a certificate for another name, unless names are checked", async () => {
    using elsewhere = await TestCertificate.create({ names: ["elsewhere.example"] });
    const vnc = { vencrypt_ca_certs: elsewhere.cert };
    await login({ tls: elsewhere.pair }, vnc);
    const script = async (connection: ScriptedConnection): Promise<void> =>
      await vencrypt(connection, { tls: elsewhere.pair });
    const { closed, detail } = await refusal(script, { ...vnc, vencrypt_check_server_name: true });
    expect(closed).toEqual(UNTRUSTED);
    expect(detail).toContain("the console's certificate is for another server");
    await login({}, { vencrypt_check_server_name: true });
  });
});

describe("credentials", () => {
  const vnc = { vencrypt_username: "ada", vencrypt_password: "sésame-öffne" };

  test("X509Vnc: the challenge is answered with the first 8 bytes of the password", async () => {
    const challenge = Buffer.from("0123456789abcdef");
    let answer: Buffer | undefined;
    const authenticate = async (connection: ScriptedConnection): Promise<void> => {
      await connection.send(challenge);
      answer = await connection.read(16);
    };
    await login({ subtypes: [X509_VNC], authenticate }, { vencrypt_password: vnc.vencrypt_password });
    const key = Buffer.from("sésame-").map(reverse);
    const decipher = createDecipheriv("des-ede3", Buffer.concat([key, key, key]), null).setAutoPadding(false);
    expect(Buffer.concat([decipher.update(answer ?? Buffer.of()), decipher.final()])).toEqual(challenge);
  });

  test("X509Plain: user name and password, in UTF-8", async () => {
    let got: Buffer | undefined;
    const authenticate = async (connection: ScriptedConnection): Promise<void> =>
      void (got = await connection.read(25));
    await login({ subtypes: [X509_PLAIN], authenticate }, vnc);
    expect(got).toEqual(Buffer.concat([uint32(3, 14), Buffer.from("adasésame-öffne")]));
  });

  test.each([
    ["none are sent to a server that wants none", [X509_PLAIN, X509_VNC, X509_NONE], vnc, X509_NONE],
    ["unknown subtypes are passed over", [265, 0, 2 ** 32 - 1, 257, X509_NONE], vnc, X509_NONE],
    ["a user name goes before a password alone", [X509_VNC, X509_PLAIN], vnc, X509_PLAIN],
    ["without a user name X509Plain is not chosen", [X509_PLAIN, X509_VNC], { vencrypt_password: "x" }, X509_VNC],
  ])("%s", async (_what, subtypes, credentials, expected) => {
    const chosen = Promise.withResolvers<number>();
    await refusal(
      async (connection) =>
        await vencrypt(connection, {
          subtypes,
          authenticate: async (_connection, subtype) => {
            chosen.resolve(subtype);
            connection.end();
          },
        }),
      credentials,
    );
    expect(await chosen.promise).toBe(expected);
  });

  test("that the server refuses: the client gets its SecurityResult, the log its reason, and none the password", async () => {
    const result = Buffer.concat([uint32(1), withLength("Authentication failed")]);
    const authenticate = async (connection: ScriptedConnection): Promise<void> => {
      await connection.send(Buffer.alloc(16));
      await connection.read(16);
    };
    const script = { subtypes: [X509_VNC], authenticate, result };
    const outcome = await refusal(async (connection) => await vencrypt(connection, script), vnc);
    expect(outcome).toMatchObject({ closed: NOT_AGREED, detail: "the console refused the gateway" });
    expect(outcome.client).toEqual(Buffer.concat([GREETING, result]));
    expect(outcome.cause).toContain("Authentication failed");
    expect(JSON.stringify(outcome)).not.toContain("same-");
  });
});

describe("a server that cannot be authenticated to", () => {
  test.each<[string, Script, ConfigInput["vnc"], RegExp, RegExp]>([
    ["VeNCrypt 0.1", { version: [0, 1] }, {}, /another version of VeNCrypt/, /VeNCrypt 0\.1; expected 0\.2/],
    ["VeNCrypt 255.255", { version: [255, 255] }, {}, /another version of VeNCrypt/, /255\.255/],
    ["a version that is not acknowledged", { versionAnswer: 1 }, {}, /refused the version/, /answered .* with 1/],
    ["no subtype", { subtypes: [] }, {}, /no kind of VeNCrypt/, /subtypes none; usable are 260/],
    [
      "only unusable subtypes",
      { subtypes: [257, 261, 262] },
      {},
      /no kind of VeNCrypt/,
      /257, 261, 262; usable are 260/,
    ],
    ["a refused subtype", { subtypeAnswer: 0 }, {}, /refused the kind of VeNCrypt/, /subtype 260/],
  ])("%s", async (_what, script, vnc, detail, cause) => {
    const outcome = await refusal(async (connection) => await vencrypt(connection, script), vnc);
    expect(outcome.closed).toEqual(NOT_AGREED);
    expect(outcome.detail).toMatch(detail);
    expect(outcome.cause).toMatch(cause);
    expect(outcome.client).toEqual(Buffer.concat([GREETING, NO_AGREEMENT]));
    expect(outcome.server.subarray(0, VERSION.length + 1)).toEqual(Buffer.concat([VERSION, Buffer.of(19)]));
    expect(outcome.server.toString()).not.toContain("typed");
  });

  test("bytes in front of TLS do not count as sent through it", async () => {
    const script = { subtypeAnswer: 1, subtypes: [X509_NONE] };
    const outcome = await refusal(async (connection) => {
      connection.send = injecting(connection);
      await vencrypt(connection, script);
    });
    expect(outcome.closed).toEqual({ code: 4011, reason: "target_security_failed" });
  });

  /** Sends a SecurityResult in plain right behind the server's acceptance of the subtype. */
  function injecting(connection: ScriptedConnection): ScriptedConnection["send"] {
    const send = connection.send.bind(connection);
    return async (...bytes) => await (bytes.length === 1 && bytes[0] === 1 ? send(1, OK) : send(...bytes));
  }
});

describe("certificates", () => {
  const day = 24 * 60 * 60 * 1000;

  test.each<[string, () => Promise<TestCertificate>, RegExp]>([
    [
      "expired",
      async () =>
        await TestCertificate.create({ from: new Date(Date.now() - 2 * day), to: new Date(Date.now() - day) }),
      /^the console's certificate has expired/,
    ],
    [
      "not valid yet",
      async () =>
        await TestCertificate.create({ from: new Date(Date.now() + day), to: new Date(Date.now() + 2 * day) }),
      /^the console's certificate is not valid yet/,
    ],
  ])("one of the server that is %s", async (_what, create, words) => {
    using made = await create();
    const script = async (connection: ScriptedConnection): Promise<void> =>
      await vencrypt(connection, { tls: made.pair });
    const outcome = await refusal(script, { vencrypt_ca_certs: made.cert });
    expect(outcome).toMatchObject({ closed: UNTRUSTED, detail: expect.stringMatching(words) as string });
    expect(outcome.client).toEqual(Buffer.concat([GREETING, NO_AGREEMENT]));
  });

  test("one of the server that no trusted authority has signed", async () => {
    const outcome = await refusal(async (connection) => await vencrypt(connection), { vencrypt_ca_certs: other.cert });
    expect(outcome.closed).toEqual(UNTRUSTED);
    expect(outcome.detail).toMatch(/^the console's certificate is not from an authority that the gateway trusts/);
    const withNodes = await refusal(async (connection) => await vencrypt(connection), { vencrypt_ca_certs: null });
    expect(withNodes.detail).toBe(outcome.detail);
  });

  test.each(["TLSv1.2", "TLSv1.3"] as const)(
    "one of the gateway that is missing or wrong, in %s",
    async (maxVersion) => {
      const tls = { ...certificate.pair, requestCert: true, rejectUnauthorized: true, ca: other.pem, maxVersion };
      const script = async (connection: ScriptedConnection): Promise<void> => await vencrypt(connection, { tls });
      const missing = await refusal(script);
      expect(missing.closed).toEqual(NOT_AGREED);
      expect(missing.detail).toMatch(/^the console (requires a certificate of the gateway|refused the TLS handshake)/);
      const wrong = await refusal(script, {
        vencrypt_client_cert: certificate.cert,
        vencrypt_client_key: certificate.key,
      });
      expect(wrong.closed.reason).toMatch(/^target_(unreachable|security_failed)$/);
      // Node's own servers close without an alert.
      expect(wrong.detail).toMatch(/^the console closed the connection (during|after) the TLS handshake/);
      expect(wrong.client).toEqual(Buffer.concat([GREETING, NO_AGREEMENT]));
    },
  );

  test("a server that closes right behind TLS may miss one, which the log says", async () => {
    const outcome = await refusal(
      async (connection) => await vencrypt(connection, { authenticate: async () => connection.end() }),
    );
    expect(outcome.closed).toEqual(NOT_AGREED);
    expect(outcome.detail).toBe("the console closed the connection after the TLS handshake");
    expect(outcome.cause).toContain("vnc.vencrypt_client_cert");
  });

  test("TLS 1.1, and what is no TLS, is not spoken", async () => {
    const old = {
      ...certificate.pair,
      minVersion: "TLSv1.1",
      maxVersion: "TLSv1.1",
      ciphers: "DEFAULT:@SECLEVEL=0",
    } as const;
    const outcome = await refusal(async (connection) => await vencrypt(connection, { tls: old }));
    expect(outcome.closed).toEqual(NOT_AGREED);
    expect(outcome.detail).toMatch(/^the console offers no version of TLS that the gateway uses/);
    const plain = await refusal(async (connection) => {
      connection.startTls = async () =>
        await connection
          .read(1)
          .then(() => connection.send(OK, OK))
          .then(() => new Promise(() => {}));
      await vencrypt(connection);
    });
    expect(plain.closed).toEqual(NOT_AGREED);
    expect(plain.detail).toMatch(/^the console does not speak TLS/);
  });
});

function reverse(byte: number): number {
  return Number.parseInt(byte.toString(2).padStart(8, "0").split("").toReversed().join(""), 2);
}

test("a reload changes how new sessions authenticate; a file that cannot be used changes nothing", async () => {
  await using gateway = await TestGateway.start({ config: { vnc: { auth_schemes: ["none"] } } });
  const opens = async (): Promise<boolean> => {
    await using server = await startScriptedVnc(async (connection) => await vencrypt(connection));
    const { token } = await gateway.token(server.address, { type: "vnc" });
    using client = new Client(gateway.host, token);
    client.socket.once("open", () => client.socket.send(Buffer.concat([VERSION, Buffer.of(1)])));
    return await Promise.race([
      client.bytes(GREETING.length + OK.length).then(() => true),
      client.closed.then(() => false),
    ]);
  };
  expect(await opens()).toBe(false);
  const vnc = { auth_schemes: ["vencrypt"], vencrypt_ca_certs: certificate.cert } as const;
  await expect(gateway.reload({ vnc: { ...vnc, vencrypt_ca_certs: "/none.pem" } })).rejects.toThrow(
    "vnc.vencrypt_ca_certs: /none.pem cannot be read: ENOENT",
  );
  expect(await opens()).toBe(false);
  expect(await gateway.reload({ vnc })).toEqual({
    applied: ["vnc.auth_schemes", "vnc.vencrypt_ca_certs"],
    needRestart: [],
  });
  expect(await opens()).toBe(true);
});
