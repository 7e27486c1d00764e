import { type ByteServer, startByteServer } from "@curfew/testing";
import { createHash } from "node:crypto";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { connect } from "node:tls";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { sha256 } from "../src/sha256.ts";
import { TestCertificate } from "./support/certificate.ts";
import { Client } from "./support/client.ts";
import { TestGateway } from "./support/gateway.ts";
import { inParallel } from "./support/in-parallel.ts";
import { RELOAD_REFUSED as REFUSED, RELOADED as DONE, reload } from "./support/reload.ts";
import { useTls } from "./support/transport.ts";
import { ADMIN_KEY, WorkerGateway } from "./support/worker-gateway.ts";

let target: ByteServer;
let other: ByteServer;
beforeAll(async () => {
  target = await startByteServer({ mode: "echo" });
  other = await startByteServer({ mode: "echo" });
});
afterAll(async () => {
  await target.close();
  await other.close();
});

let folder: string;
let file: string;
let tokens: string;
let certificate: TestCertificate;
beforeEach(async () => {
  certificate = await TestCertificate.create();
  useTls(certificate);
  folder = await mkdtemp(join(tmpdir(), "curfew-reload-"));
  file = join(folder, "curfew.yaml");
  tokens = join(folder, "tokens");
});
afterEach(async () => {
  certificate[Symbol.dispose]();
  await rm(folder, { recursive: true });
});

const FIRST = "the-first-key-of-the-dashboard";
const SECOND = "the-second-key-of-the-dashboard";

/** `admin.keys` with these keys of one holder. */
function keys(...given: readonly string[]): object {
  const entries = given.map((key) => ({ name: "dashboard", sha256: sha256(key).toString("hex"), rights: ["read"] }));
  return { keys: entries };
}

async function write(config: object): Promise<void> {
  // JSON is YAML.
  await writeFile(file, JSON.stringify({ cert: certificate.cert, key: certificate.key, ...config }));
}

async function status(gateway: WorkerGateway, key: string): Promise<number> {
  const headers = { Authorization: `Bearer ${key}` };
  return (await fetch(`${gateway.adminUrl}/v1/sessions`, { headers })).status;
}

const origin = (host: string): { headers: Record<string, string> } => ({ headers: { Origin: `https://${host}` } });

/** Has every client send numbers, which the target echoes, until some work is done. Fails for a byte that is lost. */
function talkOf(clients: readonly Client[]): (during: Promise<void>) => Promise<void> {
  const sent = createHash("sha256");
  let length = 0;
  return async (during) => {
    const state = { isDone: false };
    const done = during.finally(() => (state.isDone = true));
    do {
      const chunk = Buffer.from(`${length} `);
      for (const { socket } of clients) socket.send(chunk);
      sent.update(chunk);
      length += chunk.length;
      await clients.at(-1)?.bytes(length);
    } while (!state.isDone);
    await done;
    for (const client of clients) await client.bytes(length);
    const expected = sent.copy().digest("hex");
    expect(clients.filter(({ hash }) => hash !== expected)).toEqual([]);
  };
}

/** How a client of a new token fares: `hello`, or the reason that it is refused for. */
async function outcome(gateway: WorkerGateway, token: string, host?: string): Promise<string> {
  using client = new Client(gateway.host, token, host === undefined ? {} : origin(host));
  return await Promise.race([
    client.message("hello").then(
      () => "hello",
      async () => (await client.closed).reason,
    ),
    client.closed.then(({ reason }) => reason),
  ]);
}

describe.each([
  [1, 500],
  [2, 40],
])("with %i workers and %i sessions, SIGHUP", (workers, count) => {
  const started = async (): Promise<WorkerGateway> => await WorkerGateway.start({}, { workers, config: file });

  test("changes the certificate, keys, origins, targets, limits and sources, and no session notices", async () => {
    await writeFile(tokens, "");
    const source = (path: string): object => ({ type: "file", path, console_type: "serial" });
    const before = {
      admin: keys(FIRST),
      console: { allowed_origins: ["a.example"] },
      targets: { allow: [`127.0.0.1:${target.address.split(":")[1]}`] },
      tokens: { sources: [source(tokens)] },
    };
    await write(before);
    await using gateway = await started();
    // On a busy machine, requests that were all made at once would not come in time.
    const clients = await inParallel(count, async () => await gateway.open(target.address));
    const told = clients.map(({ order }) => order.join());
    expect([await status(gateway, FIRST), await status(gateway, SECOND)]).toEqual([200, 401]);
    using renewed = await TestCertificate.create();
    const { fingerprint } = renewed;
    expect(await servedBy(gateway)).toBe(certificate.fingerprint);

    certificate.replaceBy(renewed);
    const next = join(folder, "next-tokens");
    await writeFile(next, `from-a-file: ${other.address}\n`);
    await write({
      ...before,
      nova: { revalidate_interval: 5 },
      admin: keys(SECOND),
      console: { allowed_origins: ["b.example"] },
      targets: { allow: [`127.0.0.1:${other.address.split(":")[1]}`] },
      tokens: { sources: [source(next)] },
      sessions: { max: count + 1 },
    });
    const talk = talkOf(clients);
    await talk(reload(gateway.command));

    expect(gateway.logged(DONE)).toMatchObject([
      {
        changed: ["sessions.max", "console.allowed_origins", "targets.allow", "tokens.sources", "admin.keys"],
      },
    ]);
    expect(gateway.logged("changed options that need a restart")).toMatchObject([
      { options: ["nova.revalidate_interval"] },
    ]);
    // Clients of from now on trust that one only.
    expect(await servedBy(gateway)).toBe(fingerprint);
    expect([await status(gateway, FIRST), await status(gateway, SECOND)]).toEqual([401, 200]);
    expect(await gateway.admin("POST", "/v1/tokens", { type: "serial", target: target.address })).toMatchObject({
      status: 422,
    });
    const { token } = await gateway.token(other.address);
    expect(await outcome(gateway, token, "a.example")).toBe("origin_not_allowed");
    expect(await outcome(gateway, token, "b.example")).toBe("hello");
    await expect.poll(() => outcome(gateway, "from-a-file")).toBe("hello");
    // One more is allowed besides those that run, once the slots of those that have ended are free.
    using one = await gateway.openIn(() => true, other.address);
    expect(one.messages).toMatchObject([{ type: "hello" }]);
    expect(await outcome(gateway, token)).toBe("server_busy");

    await talk(Promise.resolve());
    expect(clients.map(({ order }) => order.join())).toEqual(told.map((order) => `${order},bytes`));
    for (const client of clients) client[Symbol.dispose]();
  });
});

test("SIGHUP reads the files of secrets again; while one cannot be used, the old secret stays", async () => {
  const hash = join(folder, "hash");
  const setKey = async (key: string): Promise<void> =>
    await writeFile(hash, sha256(key).toString("hex"), { mode: 0o600 });
  await setKey(FIRST);
  await write({ admin: { keys: [{ name: "dashboard", sha256_file: hash, rights: ["read"] }] } });
  await using gateway = await WorkerGateway.start({}, { workers: 1, config: file });
  await rm(hash);
  await reload(gateway.command);
  const problem = `admin.keys.0.sha256_file: ${hash} does not exist`;
  expect(gateway.logged(REFUSED)).toMatchObject([{ level: "error", problems: [problem] }]);
  expect([await status(gateway, FIRST), await status(gateway, SECOND)]).toEqual([200, 401]);
  await setKey(SECOND);
  await reload(gateway.command);
  expect(gateway.logged(DONE)).toMatchObject([{ changed: ["admin.keys"] }]);
  expect([await status(gateway, FIRST), await status(gateway, SECOND)]).toEqual([401, 200]);
});

test("a configuration that is wrong, or a source that cannot be opened, changes nothing and is said", async () => {
  await write({ admin: keys(FIRST) });
  await using gateway = await WorkerGateway.start({}, { workers: 1, config: file });
  await write({ admin: keys(SECOND), session: {}, sessions: { max: 0 } });
  await reload(gateway.command);
  expect(gateway.logged(REFUSED)).toMatchObject([
    {
      level: "error",
      problems: [
        expect.stringContaining("sessions.max: expected"),
        "session: there is no such option; did you mean sessions?",
      ],
    },
  ]);
  await write({ admin: keys(SECOND), tokens: { sources: [{ type: "jwt", key_file: "/nonexistent/key.pem" }] } });
  await reload(gateway.command);
  expect(gateway.logged(REFUSED)[1]).toMatchObject({ err: { message: expect.stringContaining("tokens.sources.0") } });
  // As when it is about to be written.
  await writeFile(file, "");
  await reload(gateway.command);
  expect(gateway.logged(REFUSED)[2]).toMatchObject({ problems: [`${file}: expected options, but it is empty`] });
  expect([await status(gateway, FIRST), await status(gateway, SECOND)]).toEqual([200, 401]);
  expect(await status(gateway, ADMIN_KEY)).toBe(200);
});

test("with workers, a file that cannot be used is noticed before anything changes", async () => {
  await write({ admin: keys(FIRST) });
  await using gateway = await WorkerGateway.start({}, { workers: 2, config: file });
  const vnc = { auth_schemes: ["vencrypt"], vencrypt_ca_certs: "/nonexistent/ca.pem" };
  await write({ admin: keys(SECOND), vnc });
  await reload(gateway.command);
  const message = "vnc.vencrypt_ca_certs: /nonexistent/ca.pem cannot be read: ENOENT";
  expect(gateway.logged(REFUSED)).toMatchObject([
    { level: "error", err: { message: expect.stringContaining(message) } },
  ]);
  expect([await status(gateway, FIRST), await status(gateway, SECOND)]).toEqual([200, 401]);
  await write({ admin: keys(SECOND), vnc: { auth_schemes: ["none"] }, trusted_proxies: ["127.0.0.1"] });
  await reload(gateway.command);
  expect(gateway.logged(DONE)).toMatchObject([{ changed: ["trusted_proxies", "vnc.auth_schemes", "admin.keys"] }]);
  using client = new Client(gateway.host, (await gateway.token(target.address)).token, {
    headers: { "X-Forwarded-For": "203.0.113.7" },
  });
  await client.message("hello");
  const { sessions } = await gateway.admin<{ sessions: object[] }>("GET", "/v1/sessions");
  expect(sessions).toMatchObject([{ client: "203.0.113.7" }]);
});

test("a gateway that has closed takes no other configuration, which would open sources that nothing closes", async () => {
  await using gateway = await TestGateway.start();
  await writeFile(tokens, "");
  const sources = [{ type: "file", path: tokens, console_type: "vnc" }] as const;
  const { config } = gateway.proxy;
  await gateway.proxy.close();
  await expect(gateway.reload({ tokens: { sources } })).rejects.toThrow("the gateway is stopping");
  expect(gateway.proxy.config).toBe(config);
});

test("the certificate of the admin API and the level of the log change at once", async () => {
  const admin = { tls_cert: certificate.cert, tls_key: certificate.key };
  await using gateway = await TestGateway.start({ config: { admin, log: { level: "debug" } } });
  const at = new URL(gateway.adminUrl);
  expect(await servedBy(at)).toBe(certificate.fingerprint);
  using renewed = await TestCertificate.create();
  const { fingerprint } = renewed;
  certificate.replaceBy(renewed);
  const { applied } = await gateway.reload({ admin, log: { level: "warn" } });
  expect(applied).toEqual(["log.level"]);
  expect([await servedBy(at), gateway.proxy.log.level]).toEqual([fingerprint, "warn"]);
});

/** The fingerprint of the certificate that a new connection is shown. */
async function servedBy({ host }: Pick<WorkerGateway, "host">): Promise<string> {
  const { hostname, port } = new URL(`https://${host}`);
  return await new Promise((resolve, reject) => {
    const socket = connect({ host: hostname, port: Number(port), rejectUnauthorized: false }, () => {
      resolve(socket.getPeerX509Certificate()?.fingerprint256 ?? "");
      socket.destroy();
    }).on("error", reject);
  });
}
