import { exportJWK, generateKeyPair } from "jose";
import { once } from "node:events";
import { createSecretKey, generateKeyPairSync, randomBytes } from "node:crypto";
import { rename, writeFile } from "node:fs/promises";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { afterEach, describe, expect, test, vi } from "vitest";
import type { Grant } from "../../src/tokens/grant.ts";
import { JwtTokenSource } from "../../src/tokens/jwt/jwt-source.ts";
import { TestFolder } from "../support/folder.ts";
import { describeTokenSource } from "./contract-suite.ts";
import { CLAIMS, DEFAULTS, EC, encrypt, find, type Key, pem, RSA, sign, sourceWith } from "./jwt-issuer.ts";

const CONSOLE = { type: "tcp", host: "10.0.0.5", port: 5901 } as const;
const SECRET = randomBytes(64);
const ED = generateKeyPairSync("ed25519");

afterEach(() => vi.useRealTimers());

describeTokenSource("a jwt source", async () => {
  const folder = await TestFolder.create();
  const exp = Math.floor(Date.now() / 1000) + 60;
  const details = { type: "serial", instance: "vm-1", name: "Web", access: "view", single_use: true, max_sessions: 3 };
  const token = await sign({ ...CLAIMS, ...details, sub: "alice", exp, nbf: 1000 }, "HS256", SECRET);
  const path = folder.join("key");
  return {
    source: await sourceWith(folder, SECRET.toString("base64url")),
    known: {
      token,
      grant: {
        type: "serial",
        endpoint: CONSOLE,
        instance: "vm-1",
        name: "Web",
        user: "alice",
        access: "view",
        expiresAt: exp * 1000,
        notBefore: 1_000_000,
        singleUse: true,
        maxSessions: 3,
      },
    },
    stop: async () => await rename(path, `${path}.away`),
    restart: async () => await rename(`${path}.away`, path),
    [Symbol.asyncDispose]: () => folder[Symbol.asyncDispose](),
  };
});

describe("a signed token", () => {
  test.each<[alg: string, file: string, key: Key]>([
    ["HS256", SECRET.toString("base64url"), SECRET],
    ["HS384", `${SECRET.toString("base64url")}\n`, SECRET],
    ["HS512", SECRET.toString("base64"), SECRET],
    ["HS256", JSON.stringify({ kty: "oct", k: SECRET.toString("base64url") }), SECRET],
    ["RS256", pem(RSA.publicKey), RSA.privateKey],
    ["RS256", pem(RSA.privateKey), RSA.privateKey],
    ["RS256", String(RSA.privateKey.export({ type: "pkcs1", format: "pem" })), RSA.privateKey],
    ["PS256", pem(RSA.publicKey), RSA.privateKey],
    ["ES256", pem(EC.publicKey), EC.privateKey],
    ["ES256", JSON.stringify(EC.publicKey.export({ format: "jwk" })), EC.privateKey],
    ["ES256", JSON.stringify({ keys: [EC.publicKey.export({ format: "jwk" })] }), EC.privateKey],
    ["EdDSA", pem(ED.publicKey), ED.privateKey],
    [
      "EdDSA",
      JSON.stringify({ keys: [ED, ED, ED].map((each) => each.publicKey.export({ format: "jwk" })) }),
      ED.privateKey,
    ],
  ])("%s with %.20s… gives its grant", async (alg, file, key) => {
    await using folder = await TestFolder.create();
    const source = await sourceWith(folder, file);
    const token = await sign(CLAIMS, alg, key);
    expect(await find(source, token)).toMatchObject({
      endpoint: CONSOLE,
      type: "vnc",
      access: "control",
      user: undefined,
    });
    // Another character, but not the last, which has bits that count for nothing.
    const at = token.length - 9;
    const forged = `${token.slice(0, at)}${token[at] === "A" ? "B" : "A"}${token.slice(at + 1)}`;
    expect(await find(source, forged)).toBeUndefined();
  });

  test("without a signature, or signed with a public key as if it were a secret, is unknown", async () => {
    await using folder = await TestFolder.create();
    const unsigned = [{ alg: "none" }, CLAIMS].map((part) => Buffer.from(JSON.stringify(part)).toString("base64url"));
    for (const file of [pem(RSA.publicKey), SECRET.toString("base64url"), JSON.stringify({ keys: [] })]) {
      const source = await sourceWith(folder, file);
      expect(await find(source, `${unsigned.join(".")}.`)).toBeUndefined();
      expect(await find(source, `${unsigned.join(".")}.c2ln`)).toBeUndefined();
      for (const guess of [file, file.trim(), pem(RSA.publicKey), ""]) {
        if (guess === "") continue;
        expect(await find(source, await sign(CLAIMS, "HS256", Buffer.from(guess)))).toBeUndefined();
      }
    }
  });

  test("of another type of key than the source has is unknown", async () => {
    await using folder = await TestFolder.create();
    const source = await sourceWith(folder, pem(EC.publicKey));
    for (const [alg, key] of [
      ["RS256", RSA.privateKey],
      ["EdDSA", ED.privateKey],
      ["HS256", SECRET],
    ] as const) {
      expect(await find(source, await sign(CLAIMS, alg, key))).toBeUndefined();
    }
  });

  test("with a secret that is long enough for no more than its hash is only taken with that", async () => {
    await using folder = await TestFolder.create();
    const short = SECRET.subarray(0, 32);
    const source = await sourceWith(folder, short.toString("base64url"));
    expect(await find(source, await sign(CLAIMS, "HS256", short))).toBeDefined();
    expect(await find(source, await sign(CLAIMS, "HS512", short))).toBeUndefined();
  });

  test("names its own expiry, to the millisecond, also when it has passed, and when it begins", async () => {
    await using folder = await TestFolder.create();
    const source = await sourceWith(folder, SECRET.toString("base64url"));
    const grantOf = async (claims: object): Promise<Grant | undefined> =>
      await find(source, await sign({ ...CLAIMS, ...claims }, "HS256", SECRET));
    expect((await grantOf({ exp: 1_000_000_000.25 }))?.expiresAt).toBe(1_000_000_000_250);
    expect((await grantOf({ nbf: 33_000_000_000 }))?.notBefore).toBe(33_000_000_000_000);
    expect(await grantOf({ exp: 1000, nbf: 33_000_000_000 })).toMatchObject({ expiresAt: 1_000_000 });
    expect((await grantOf({}))?.expiresAt).toBeUndefined();
    // Claims that JWT does not have for this.
    expect((await grantOf({ expires_at: "2030-01-02T03:04:05Z", not_before: 7 }))?.expiresAt).toBeUndefined();
  });

  test.each([
    [{ iss: "https://issuer.example" }, {}, "known"],
    [{ iss: "https://other.example" }, { issuer: "https://issuer.example" }, "unknown"],
    [{}, { issuer: "https://issuer.example" }, "unknown"],
    [{ iss: ["https://issuer.example"] }, { issuer: "https://issuer.example" }, "unknown"],
    [{ iss: "https://issuer.example", exp: 1000 }, { issuer: "https://issuer.example" }, "known"],
    [{ iss: "https://other.example", exp: 1000 }, { issuer: "https://issuer.example" }, "unknown"],
    [{ aud: "other" }, { audience: ["consoles"] }, "unknown"],
    [{}, { audience: ["consoles"] }, "unknown"],
    [{ aud: ["other", "consoles"] }, { audience: ["consoles", "more"] }, "known"],
    [{ aud: "other" }, {}, "known"],
  ] as const)("with %j, where %j is configured, is %s", async (claims, options, expected) => {
    await using folder = await TestFolder.create();
    const source = await sourceWith(folder, SECRET.toString("base64url"), options);
    const found = await find(source, await sign({ ...CLAIMS, ...claims }, "HS256", SECRET));
    expect(found === undefined ? "unknown" : "known").toBe(expected);
  });

  test.each([
    [{ port: 5901 }, "host: expected"],
    [{ host: "10.0.0.5" }, "host, port: expected"],
    [{ ...CLAIMS, type: "rdp" }, "type: expected"],
    [{ ...CLAIMS, access: "admin" }, "access: expected"],
    [{ ...CLAIMS, sub: 7 }, "user: expected"],
    [{ ...CLAIMS, sub: "x".repeat(257) }, "user: expected Unicode text of at most 256 characters"],
    [{ ...CLAIMS, instance: "\ud800" }, "instance: expected Unicode text"],
    [{ ...CLAIMS, exp: "soon" }, '"exp" claim must be a number'],
    [{ ...CLAIMS, nbf: 33_000_000_000, exp: "soon" }, "exp: expected"],
    [{ ...CLAIMS, exp: 1e300 }, "exp: expected"],
    [{ ...CLAIMS, exp: 33_000_000_000, nbf: -1e300 }, "nbf: expected"],
  ])("whose claims are wrong is refused with the claim in the log: %j", async (claims, problem) => {
    await using folder = await TestFolder.create();
    const source = await sourceWith(folder, SECRET.toString("base64url"));
    const found = find(source, await sign(claims, "HS256", SECRET));
    await expect(found).rejects.toMatchObject({ reason: "token_invalid", cause: expect.stringContaining(problem) });
  });

  test("names its user in the claim that is configured", async () => {
    await using folder = await TestFolder.create();
    const source = await sourceWith(folder, SECRET.toString("base64url"), { user_claim: "preferred_username" });
    const token = await sign({ ...CLAIMS, sub: "4711", preferred_username: "alice" }, "HS256", SECRET);
    expect((await find(source, token))?.user).toBe("alice");
  });
});

describe("an encrypted token", () => {
  const signed = sign(CLAIMS, "RS256", RSA.privateKey);

  test.each<[alg: string, file: string, key: Key, enc?: string]>([
    ["RSA-OAEP", pem(RSA.privateKey), RSA.publicKey],
    ["RSA-OAEP-256", pem(RSA.privateKey), RSA.publicKey, "A256CBC-HS512"],
    ["ECDH-ES", pem(EC.privateKey), EC.publicKey],
    ["dir", SECRET.subarray(0, 32).toString("base64url"), SECRET.subarray(0, 32)],
    ["A256KW", SECRET.subarray(0, 32).toString("base64url"), SECRET.subarray(0, 32)],
  ])("%s that holds a signed one gives its grant", async (alg, file, key, enc) => {
    await using folder = await TestFolder.create();
    const path = folder.join("decryption");
    await writeFile(path, file);
    const source = await sourceWith(folder, pem(RSA.publicKey), { decryption_key_file: path });
    expect(await find(source, await encrypt(await signed, alg, key, enc))).toMatchObject({ endpoint: CONSOLE });
  });

  test("is decrypted and verified with one key where that can do both, as websockify does it", async () => {
    await using folder = await TestFolder.create();
    const withRsa = await sourceWith(folder, pem(RSA.privateKey));
    expect(await find(withRsa, await encrypt(await signed, "RSA-OAEP", RSA.publicKey))).toBeDefined();
    const secret = SECRET.subarray(0, 32);
    const withSecret = await sourceWith(folder, secret.toString("base64url"));
    const inner = await sign(CLAIMS, "HS256", secret);
    expect(await find(withSecret, await encrypt(inner, "A256KW", createSecretKey(secret)))).toBeDefined();
  });

  test("is unknown without a signature inside, with a forged one, of another key, or where there is no key", async () => {
    await using folder = await TestFolder.create();
    const source = await sourceWith(folder, pem(RSA.privateKey));
    const other = generateKeyPairSync("rsa", { modulusLength: 2048 });
    const inside = [JSON.stringify(CLAIMS), await sign(CLAIMS, "RS256", other.privateKey), "a.b.c", ""];
    for (const text of inside)
      expect(await find(source, await encrypt(text, "RSA-OAEP", RSA.publicKey))).toBeUndefined();
    expect(await find(source, await encrypt(await signed, "RSA-OAEP", other.publicKey))).toBeUndefined();
    const publicOnly = await sourceWith(folder, pem(RSA.publicKey));
    expect(await find(publicOnly, await encrypt(await signed, "RSA-OAEP", RSA.publicKey))).toBeUndefined();
  });
});

describe("a key file", () => {
  test.each([
    ["\n", "expected a key in PEM"],
    ["not base64!", "expected a key in PEM"],
    ["-----BEGIN PUBLIC KEY-----\nbroken", "expected a key in PEM"],
    ["{broken", "expected a key in PEM"],
    ["c2VjcmV0", "expected a secret of 32 bytes or more"],
    [pem(generateKeyPairSync("rsa", { modulusLength: 1024 }).publicKey), "expected an RSA key of 2048 bits or more"],
    [pem(generateKeyPairSync("ec", { namedCurve: "P-384" }).publicKey), "expected a secret, or an RSA"],
  ])("that holds %.30j… is refused with its path, and is not quoted", async (text, problem) => {
    await using folder = await TestFolder.create();
    const error = await sourceWith(folder, text).catch(String);
    expect(error).toContain(`${folder.join("key")}: ${problem}`);
    expect(error).not.toContain(text);
  });

  test("that was replaced is used from the next lookup on", async () => {
    await using folder = await TestFolder.create();
    const source = await sourceWith(folder, pem(RSA.publicKey));
    const [old, next] = [await sign(CLAIMS, "RS256", RSA.privateKey), await sign(CLAIMS, "ES256", EC.privateKey)];
    expect([await find(source, old), await find(source, next)]).toMatchObject([{ endpoint: CONSOLE }, undefined]);
    await writeFile(folder.join("next"), pem(EC.publicKey));
    await rename(folder.join("next"), folder.join("key"));
    expect([await find(source, old), await find(source, next)]).toMatchObject([undefined, { endpoint: CONSOLE }]);
  });
});

/** A server of a key set. */
class KeyServer implements AsyncDisposable {
  requests = 0;
  reply: string | { readonly status: number; readonly location?: string } = '{"keys":[]}';
  readonly #server: Server;

  private constructor(server: Server) {
    this.#server = server;
  }

  static async start(): Promise<KeyServer> {
    const server = createServer((_request, response) => {
      keys.requests += 1;
      const { reply } = keys;
      if (typeof reply === "string") return void response.end(reply);
      response.writeHead(reply.status, { Location: reply.location ?? "" }).end();
    });
    const keys = new KeyServer(server);
    server.listen(0, "127.0.0.1");
    await once(server, "listening");
    return keys;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}/keys`;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
  }
}

describe("keys from a URL", () => {
  async function pair(kid: string): Promise<{ jwk: object; privateKey: Key }> {
    const { publicKey, privateKey } = await generateKeyPair("ES256");
    return { jwk: { ...(await exportJWK(publicKey)), kid }, privateKey };
  }

  test("are fetched once, and again when a token names a new one, but not for each such token", async () => {
    vi.useFakeTimers({ toFake: ["Date"] });
    await using server = await KeyServer.start();
    const [first, second] = [await pair("1"), await pair("2")];
    const source = await JwtTokenSource.open({ ...DEFAULTS, jwks_url: server.url });
    expect(server.requests).toBe(0);
    server.reply = JSON.stringify({ keys: [first.jwk] });
    const old = await sign(CLAIMS, "ES256", first.privateKey, { kid: "1" });
    const next = await sign(CLAIMS, "ES256", second.privateKey, { kid: "2" });
    await Promise.all([find(source, old), find(source, old)]);
    expect(await find(source, old)).toMatchObject({ endpoint: CONSOLE });
    for (let count = 0; count < 10; count += 1) expect(await find(source, next)).toBeUndefined();
    expect(server.requests).toBe(1);

    server.reply = JSON.stringify({ keys: [first.jwk, second.jwk] });
    vi.setSystemTime(Date.now() + 5001);
    expect(await find(source, next)).toMatchObject({ endpoint: CONSOLE });
    expect(server.requests).toBe(2);

    // Withdrawn: forgotten after ten minutes.
    server.reply = JSON.stringify({ keys: [second.jwk] });
    vi.setSystemTime(Date.now() + 600_001);
    expect(await find(source, old)).toBeUndefined();
    expect(await find(source, next)).toBeDefined();
  });

  test("never make a secret of what they publish", async () => {
    await using server = await KeyServer.start();
    const { jwk } = await pair("1");
    server.reply = JSON.stringify({ keys: [jwk, { kty: "oct", k: SECRET.toString("base64url"), kid: "2" }] });
    const source = await JwtTokenSource.open({ ...DEFAULTS, jwks_url: server.url });
    for (const kid of [undefined, "1", "2"]) {
      expect(await find(source, await sign(CLAIMS, "HS256", SECRET, { kid }))).toBeUndefined();
    }
  });

  test.each<[string, KeyServer["reply"]]>([
    ["fails", { status: 503 }],
    ["redirects", { status: 302, location: "http://127.0.0.1:9/" }],
    ["is too long", JSON.stringify({ keys: [], more: " ".repeat(300_000) })],
    ["is no JSON", "<p>"],
    ["is no key set", '{"keys": 7}'],
  ])("that are not there, because the answer %s, refuse each lookup and are not healthy", async (_what, reply) => {
    await using server = await KeyServer.start();
    const { jwk, privateKey } = await pair("1");
    server.reply = reply;
    const source = await JwtTokenSource.open({ ...DEFAULTS, jwks_url: server.url });
    const token = await sign(CLAIMS, "ES256", privateKey, { kid: "1" });
    await expect(source.resolve(token)).rejects.toThrow(Error);
    await expect(source.health()).rejects.toThrow(Error);
    // What is no such token needs no key.
    expect(await source.resolve("opaque")).toBeUndefined();
    server.reply = JSON.stringify({ keys: [jwk] });
    expect(await find(source, token)).toBeDefined();
    await source.health();
  });
});

test("what cannot be a JSON Web Token is unknown", async () => {
  await using folder = await TestFolder.create();
  const source = await sourceWith(folder, SECRET.toString("base64url"));
  for (const token of ["", "a.b", "a.b.c", "a.b.c.d", "a.b.c.d.e", "..", "....", "e30.e30.", "é.ö.ü"]) {
    expect(await source.resolve(token), token).toBeUndefined();
  }
});
