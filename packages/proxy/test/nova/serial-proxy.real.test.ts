import { NovaDatabase } from "@curfew/conformance/cloud";
import { type ByteServer, startByteServer } from "@curfew/testing";
import { type DatabaseServer, type RedisServer, startMariaDb, startRedis } from "@curfew/testing/real";
import { once } from "node:events";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, expect, test } from "vitest";
import { sha256 } from "../../src/sha256.ts";
import { Client } from "../support/client.ts";
import { Command } from "../support/command.ts";
import { inEnoughTime } from "../support/enough-time.ts";
import { storeUrl } from "../cluster/gateways.ts";

const PROGRAM = fileURLToPath(new URL("../../src/cli/curfew-serialproxy.ts", import.meta.url));

/** Gateways of one cluster. */
const GATEWAYS = 3;

/** How often each gateway looks the rows of its sessions up again, in milliseconds. */
const INTERVAL_MS = 500;

let folder: string;
let server: DatabaseServer;
let store: RedisServer;
let database: NovaDatabase;
let target: ByteServer;
let proxies: Command[];
let hosts: string[];

/** A gateway that listens. On a busy machine, the store may not answer in time: it is started again, as systemd would. */
async function start(args: readonly string[]): Promise<readonly [gateway: Command, host: string]> {
  const proxy = new Command(args, {}, { program: PROGRAM });
  try {
    const [, host = ""] = await proxy.printed(/listens at http:\/\/(\S+)/);
    return [proxy, host];
  } catch (error) {
    if (!/cluster\.store: there is no connection: (no answer within|Connection timeout)/.test(proxy.stderr))
      throw error;
    return await start(args);
  }
}

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "curfew-serialproxy-"));
  [server, store, target] = await Promise.all([startMariaDb(), startRedis(), startByteServer({ mode: "echo" })]);
  database = await NovaDatabase.cell("mysql", server);
  const conf = join(folder, "nova.conf");
  await writeFile(
    conf,
    `[DEFAULT]\nmy_ip = 127.0.0.1\n[serial_console]\nserialproxy_host = $my_ip\nserialproxy_port = 0\n[consoleauth]
enforce_session_timeout = true\n[database]\nconnection = ${database.url("?charset=utf8")}\n`,
  );
  const numbers = Array.from({ length: GATEWAYS }, (_, number) => number);
  const configs = numbers.map((number) => join(folder, `curfew-${number}.yaml`));
  for (const [number, yaml] of configs.entries()) {
    const config = {
      admin: { listen: "127.0.0.1:0" },
      nova: { validate_console_port: "skip", revalidate_interval: INTERVAL_MS / 1000 },
      cluster: { store: storeUrl(store), name: `gateway-${number + 1}` },
    };
    // JSON is YAML.
    await writeFile(yaml, JSON.stringify(config));
  }
  const started = await Promise.all(
    configs.map(async (yaml) => await start(["--config-file", conf, "--curfew-config", yaml])),
  );
  proxies = started.map(([proxy]) => proxy);
  hosts = started.map(([, host]) => host);
});

afterAll(async () => {
  for (const proxy of proxies) await proxy[Symbol.asyncDispose]();
  await Promise.all([server.stop(), store.stop(), target.close()]);
  await rm(folder, { recursive: true });
});

/** The port of the console. */
const port = (): number => Number(target.address.split(":").at(-1));

/** Opens a console at a gateway. */
async function open(number: number, token: string): Promise<Client> {
  const client = new Client(hosts[number] ?? "", token, { protocols: ["binary"] });
  await once(client.socket, "open");
  client.socket.send("login");
  await client.bytes(5);
  expect(Buffer.concat(client.head).toString()).toBe("login");
  return client;
}

test("a console opens with a token that Nova wrote, and ends when that expires, not before", async () => {
  const [client, expires] = await inEnoughTime(2, async (seconds) => {
    const at = Math.ceil(Date.now() / 1000) + seconds;
    const { token } = await database.addToken({ consoleType: "serial", port: port(), expires: at });
    const opened = await open(0, token).catch(() => undefined);
    return opened && ([opened, at] as const);
  });
  expect((await client.closed).reason).toBe("session_expired");
  expect(Date.now()).toBeGreaterThanOrEqual(expires * 1000);
});

test("a token that Nova does not have, or whose machine is deleted, opens none", async () => {
  const { token, instance } = await database.addToken({ consoleType: "serial", port: port() });
  await database.deleteInstance(instance);
  for (const each of [token, "00000000-0000-0000-0000-000000000000"]) {
    using client = new Client(hosts[0] ?? "", each, { protocols: ["binary"] });
    expect((await client.closed).code, each).toBeGreaterThanOrEqual(4000);
  }
});

/** The statements with which gateways have looked rows of sessions up again, with the hashes of the tokens. */
async function statements(): Promise<readonly string[]> {
  const rows = (await database.execute(
    `SELECT CONVERT(argument USING utf8) AS statement FROM mysql.general_log
     WHERE argument LIKE 'SELECT t.*, i.uuid AS%'`,
  )) as readonly { readonly statement: string }[];
  return rows.map(({ statement }) => statement);
}

test("each gateway looks the rows of its own sessions up, once in an interval, and a removed one ends them at all", async () => {
  const tokens = [];
  for (let number = 0; number <= GATEWAYS; number += 1) {
    tokens.push((await database.addToken({ consoleType: "serial", port: port() })).token);
  }
  const [shared = "", ...own] = tokens;
  const clients = await Promise.all(own.map(async (token, number) => await open(number, token)));
  const sharing = [await open(0, shared), await open(1, shared), await open(1, shared)];
  await database.execute("SET GLOBAL log_output = 'TABLE'");
  const startedAt = Date.now();
  await database.execute("SET GLOBAL general_log = ON");
  await expect.poll(async () => (await statements()).length).toBeGreaterThanOrEqual(2 * GATEWAYS);
  await database.execute("SET GLOBAL general_log = OFF");
  // One more look, since the time may begin just before it, and half an interval for those that come late.
  const most = (Date.now() - startedAt) / INTERVAL_MS + 1.5;
  const seen = await statements();
  const hash = (token: string): string => sha256(token).toString("hex");
  const of = (token: string): number => seen.filter((statement) => statement.includes(hash(token))).length;
  expect(seen.length).toBeLessThanOrEqual(GATEWAYS * most);
  for (const token of own) expect(of(token)).toBeLessThanOrEqual(most);
  expect(of(shared)).toBeLessThanOrEqual(2 * most);
  // Once in each, however many sessions have it.
  for (const statement of seen) expect(statement.split(hash(shared)).length).toBeLessThanOrEqual(2);
  await database.deleteToken({ token: shared });
  const ends = await Promise.all(sharing.map(async (client) => (await client.closed).reason));
  expect(ends).toEqual(["console_moved", "console_moved", "console_moved"]);
  expect(clients.every(({ socket }) => socket.readyState === socket.OPEN)).toBe(true);
  for (const client of [...clients, ...sharing]) client[Symbol.dispose]();
});
