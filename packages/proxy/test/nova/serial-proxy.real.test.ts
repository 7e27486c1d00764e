import { NovaDatabase } from "@curfew/conformance/cloud";
import { type ByteServer, startByteServer } from "@curfew/testing";
import { type DatabaseServer, startMariaDb } from "@curfew/testing/real";
import { once } from "node:events";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, expect, test } from "vitest";
import { Client } from "../support/client.ts";
import { Command } from "../support/command.ts";

let folder: string;
let server: DatabaseServer;
let database: NovaDatabase;
let target: ByteServer;
let proxy: Command;
let host: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "curfew-serialproxy-"));
  [server, target] = await Promise.all([startMariaDb(), startByteServer({ mode: "echo" })]);
  database = await NovaDatabase.cell("mysql", server);
  const conf = join(folder, "nova.conf");
  const yaml = join(folder, "curfew.yaml");
  await writeFile(
    conf,
    `[DEFAULT]\nmy_ip = 127.0.0.1\n[serial_console]\nserialproxy_host = $my_ip\nserialproxy_port = 0\n[consoleauth]
enforce_session_timeout = true\n[database]\nconnection = ${database.url("?charset=utf8")}\n`,
  );
  await writeFile(yaml, 'admin: { listen: "127.0.0.1:0" }\nnova: { validate_console_port: skip }\n');
  const program = fileURLToPath(new URL("../../src/cli/curfew-serialproxy.ts", import.meta.url));
  proxy = new Command(["--config-file", conf, "--curfew-config", yaml], {}, { program });
  host = (await proxy.printed(/listens at http:\/\/(\S+)/))[1] ?? "";
}, 120_000);

afterAll(async () => {
  await proxy[Symbol.asyncDispose]();
  await Promise.all([server.stop(), target.close()]);
  await rm(folder, { recursive: true });
});

/** The port of the console. */
const port = (): number => Number(target.address.split(":").at(-1));

test("a console opens with a token that Nova wrote, and ends when that expires, not before", async () => {
  const expires = Math.floor(Date.now() / 1000) + 3;
  const { token } = await database.addToken({ consoleType: "serial", port: port(), expires });
  using client = new Client(host, token, { protocols: ["binary"] });
  await once(client.socket, "open");
  client.socket.send("login");
  await client.bytes(5);
  expect(Buffer.concat(client.head).toString()).toBe("login");
  const { reason } = await client.closed;
  expect(reason).toBe("session_expired");
  expect(Date.now()).toBeGreaterThanOrEqual(expires * 1000);
});

test("a token that Nova does not have, or whose machine is deleted, opens none", async () => {
  const { token, instance } = await database.addToken({ consoleType: "serial", port: port() });
  await database.deleteInstance(instance);
  for (const each of [token, "00000000-0000-0000-0000-000000000000"]) {
    using client = new Client(host, each, { protocols: ["binary"] });
    expect((await client.closed).code, each).toBeGreaterThanOrEqual(4000);
  }
});
