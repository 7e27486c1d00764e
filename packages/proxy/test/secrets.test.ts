import { tokenSubprotocol } from "@curfew/protocol";
import { startByteServer } from "@curfew/testing";
import { once } from "node:events";
import { mkdtemp, rename, rm, writeFile } from "node:fs/promises";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { SqliteTokenStore } from "../src/tokens/sqlite/token-store.ts";
import type { TokenSource } from "../src/tokens/source.ts";
import { Client, type ClientOptions } from "./support/client.ts";
import { Command, run } from "./support/command.ts";
import { endpointOf } from "./support/endpoint.ts";
import { TestFolder } from "./support/folder.ts";
import { TestGateway } from "./support/gateway.ts";
import { RawClient, upgradeRequest } from "./support/raw-client.ts";

const KEY = "marker-of-the-operators-key";
/** A token that no store issued; whatever says it has it from a request. */
const MARKER = "marker-of-a-wrong-token";

/** Fails when one of the secrets, plain or encoded, is in the text. */
function expectNone(secrets: readonly string[], text: string): void {
  for (const secret of secrets) {
    for (const form of [secret, Buffer.from(secret).toString("base64url"), encodeURIComponent(secret)]) {
      expect(text.includes(form) ? `${form} in: ${text.slice(Math.max(0, text.indexOf(form) - 200))}` : "").toBe("");
    }
  }
}

/** The four places of a token in a request. */
function places(token: string): ClientOptions[] {
  return [
    { protocols: ["curfew.v1", tokenSubprotocol(token)] },
    { headers: { Authorization: `Bearer ${token}` } },
    { path: `/?token=${token}` },
    { headers: { Cookie: `token=${token}` } },
  ];
}

test("no token and no key is in any log line, metric, answer, message or close reason of a gateway", async () => {
  await using target = await startByteServer({ mode: "sink" });
  await using refusing = await startByteServer({ mode: "sink", faults: [{ type: "refuse" }] });
  await using gateway = await TestGateway.start({ config: { admin: { key: KEY } } });
  const said: string[] = [];
  const secrets = [KEY, MARKER];
  const admin = async (method: string, path: string, body?: unknown, key: string = KEY): Promise<void> => {
    const response = await gateway.admin(method, path, body, key);
    said.push(JSON.stringify([...response.headers]), await response.text());
  };
  const token = async (address: string, ttlMs = 60_000): Promise<string> => {
    const issued = await gateway.token(address, { ttlMs });
    secrets.push(issued.token);
    return issued.token;
  };
  const see = async (client: Client): Promise<void> => {
    const { reason } = await client.closed;
    said.push(...client.texts, reason, client.socket.protocol);
  };

  const [good, other, expired] = [
    await token(target.address),
    await token("127.0.0.1:1"),
    await token(target.address, 1),
  ];
  const over = (await gateway.store.find(expired))?.expiresAt ?? 0;
  await expect.poll(() => Date.now()).toBeGreaterThan(over);
  for (const wrong of [MARKER, expired, await token(refusing.address), await token("192.0.2.1:1")]) {
    for (const place of places(wrong)) await see(new Client(gateway.host, undefined, place));
  }
  for (const place of places(good)) {
    const client = new Client(gateway.host, undefined, place);
    await client.message("hello");
    for (const [id, renewal] of [good, other, expired, MARKER].entries()) {
      client.control({ type: "renew", id, token: renewal });
      await client.until(() => client.messages.filter(({ type }) => /renew/.test(type)).length > id, "an answer");
    }
    client.control(`{"type":"renew","id":1,"token":"${good}`);
    await see(client);
  }
  for (const malformed of [
    { type: "renew", id: good, token: good },
    { type: good },
    { type: "ping", id: good },
    { type: "renew", id: 1, token: [good] },
    { type: "renew", id: 1, token: good, padding: MARKER.repeat(500) },
  ]) {
    const client = new Client(gateway.host, good);
    await client.message("hello");
    client.control(malformed);
    client.socket.close();
    await see(client);
  }
  for (const headers of [
    { Origin: "http://evil.example" },
    { "Sec-WebSocket-Version": "1" },
    { "Sec-WebSocket-Key": good },
  ]) {
    using client = new RawClient(gateway.host);
    client.write(upgradeRequest(`/?token=${good}`, { Authorization: `Bearer ${good}`, ...headers }));
    await client.status();
    await client.ended;
    said.push(client.head, client.body);
  }
  for (const path of [`/?token=${good}`, `/no/such/${good}`, `/vnc_lite.html?path=%3Ftoken%3D${good}`]) {
    const response = await fetch(`http://${gateway.host}${path}`);
    said.push(JSON.stringify([...response.headers]), await response.text());
  }
  await admin("GET", "/v1/sessions");
  await admin("GET", "/v1/sessions", undefined, MARKER);
  for (const path of ["/v1/tokens/introspect", "/v1/tokens/revoke"]) {
    for (const body of [
      { token: MARKER },
      { token: [good] },
      { token: MARKER.repeat(50) },
      `{"token":"${good}`,
      good,
    ]) {
      await admin("POST", path, body);
    }
    await admin("POST", path, { token: good });
  }
  for (const body of [`{"type":"vnc","${good}`, { type: good, target: "127.0.0.1:1" }, { type: "vnc", ttl: good }]) {
    await admin("POST", "/v1/tokens", body);
  }
  await admin("GET", `/v1/tokens/${MARKER}`);
  await admin("GET", "/v1/tokens");
  said.push(await (await fetch(`${gateway.adminUrl}/metrics`)).text());

  await gateway.proxy.close();
  expect(gateway.logLines.length).toBeGreaterThan(40);
  expectNone(secrets, [...gateway.logLines, ...said].join("\n"));
});

test("a token source that fails with the token in its error does not reveal it", async () => {
  const saying: TokenSource["resolve"] = (token) => Promise.reject(new Error(`SELECT '${token}' failed`));
  await using gateway = await TestGateway.start({
    source: () => ({ resolve: saying, close: () => Promise.resolve() }),
  });
  const client = new Client(gateway.host, MARKER);
  await client.closed;
  expectNone([MARKER], [...gateway.logLines, ...client.texts].join("\n"));
});

test("a token that names a socket or a file is in no log line, and not in the list of sessions", async () => {
  await using folder = await TestFolder.create();
  const servers = ["marker-open", "marker-gone"].map((name) => createServer().listen(folder.join(name)));
  await Promise.all(servers.map(async (server) => await once(server, "listening")));
  // A name that leads nowhere any more: closing the server would remove it.
  await rename(folder.join("marker-gone"), folder.join("marker-dead"));
  servers[1]?.close();
  await writeFile(folder.join("marker-broken"), "marker");
  const path = folder.path;
  const targets = { allow: [`unix:${path}/`] };
  const sources = [{ type: "unix_directory", path } as const, { type: "directory", path, format: "names" } as const];
  await using gateway = await TestGateway.start({ config: { targets, tokens: { sources } } });
  using open = new Client(gateway.host, "marker-open");
  await open.message("hello");
  for (const name of ["marker-dead", "marker-broken", "../marker-open"]) await new Client(gateway.host, name).closed;
  const listed = await (await gateway.admin("GET", "/v1/sessions")).text();
  expect(listed).toContain("(token ");
  await gateway.proxy.close();
  expect(gateway.endReasons()).toEqual(["target_unreachable", "lookup_failed", "token_invalid", "server_draining"]);
  expectNone(["marker"], [listed, ...gateway.logLines].join("\n"));
  servers[0]?.close();
});

test("the answer that issues a token is the only one that has it, and the log has none", async () => {
  await using gateway = await TestGateway.start();
  const issued = await gateway.admin("POST", "/v1/tokens", { type: "vnc", target: "127.0.0.1:5901" });
  const { token, id } = (await issued.json()) as { token: string; id: string };
  expect(await gateway.store.resolve(token)).toBeDefined();
  const later = [await gateway.admin("GET", "/v1/tokens"), await gateway.admin("DELETE", `/v1/tokens/${id}`)];
  const texts = await Promise.all(later.map((response) => response.text()));
  expectNone([token], [...texts, ...gateway.logLines].join("\n"));
});

test("the command and a served gateway print neither a configured key nor a token", async () => {
  const folder = await mkdtemp(join(tmpdir(), "curfew-secrets-"));
  const path = join(folder, "tokens.db");
  const config = join(folder, "curfew.yaml");
  await writeFile(
    config,
    `listen: 127.0.0.1:0\nadmin: { listen: "127.0.0.1:0", key: ${KEY} }\ntokens: { path: ${path} }\nlog: { level: trace }\n`,
  );
  const store = new SqliteTokenStore(path);
  await using target = await startByteServer({ mode: "sink" });
  const { token } = await store.issue({ type: "serial", endpoint: endpointOf(target), ttlMs: 60_000 });
  await store.close();
  await using server = new Command(["serve", "--config", config]);
  const host = (await server.printed(/listens at http:\/\/(\S+)/))[1] ?? "";
  const adminUrl = (await server.printed(/API at (\S+)/))[1] ?? "";
  for (const place of [...places(MARKER), ...places(token)]) {
    const client = new Client(host, undefined, place);
    client.socket.once("open", () => client.control({ type: "renew", id: 1, token: MARKER }));
    await Promise.race([client.closed, client.message("renew_failed").catch(() => {})]);
    client.socket.close();
    await client.closed;
  }
  const reach = ["--config", config, "--admin", adminUrl];
  const commands = await Promise.all([
    run(["token", "list", ...reach]),
    run(["session", "list", ...reach, "--json"]),
    run(["session", "list", ...reach, "--key", MARKER]),
    run(["token", "revoke", ...reach, "none"]),
    run(["session", "list", "--config", config, "--admin", "http://127.0.0.1:1"]),
  ]);
  server.process.kill("SIGTERM");
  expect(await server.exited).toBe(0);
  expect(server.stderr).toContain("session ended");
  const printed = [server, ...commands].map(({ stdout, stderr }) => stdout + stderr);
  expectNone([KEY, MARKER, token], printed.join("\n"));
  await rm(folder, { recursive: true });
});
