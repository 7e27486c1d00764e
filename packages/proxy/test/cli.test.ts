import { type ByteServer, startByteServer } from "@curfew/testing";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { Client } from "./support/client.ts";
import { Command, run } from "./support/command.ts";
import { inEnoughTime } from "./support/enough-time.ts";

const KEY = "key-of-the-command-tests";
let folder: string;
let target: ByteServer;
let gateway: Command;
let host: string;
/** What the commands need to know to reach the gateway. */
let reach: string[];

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "curfew-cli-"));
  target = await startByteServer({ mode: "sink" });
  const config = join(folder, "curfew.yaml");
  const lines = [
    "listen: 127.0.0.1:0",
    `admin: { listen: "127.0.0.1:0", key: ${KEY} }`,
    `tokens: { path: ${join(folder, "tokens.db")} }`,
    "log: { level: silent }",
  ];
  await writeFile(config, lines.join("\n"));
  gateway = new Command(["serve", "--config", config, "--enforce"]);
  host = (await gateway.printed(/listens at http:\/\/(\S+)/))[1] ?? "";
  const admin = (await gateway.printed(/API at (\S+)/))[1] ?? "";
  reach = ["--config", config, "--admin", admin];
});
afterAll(async () => {
  await gateway[Symbol.asyncDispose]();
  await target.close();
  await rm(folder, { recursive: true });
});

test("an older Node is told which one is needed, before anything that it does not have is loaded", async () => {
  const versions = 'Object.defineProperty(process, "versions", { value: { ...process.versions, node: "20.11.0" } })';
  const preload = `--import=data:text/javascript,${encodeURIComponent(versions)}`;
  const { code, stdout, stderr } = await run(["serve"], { NODE_OPTIONS: preload });
  expect(stderr).toBe("curfew: expected Node ^22.21.0 || >=24.9.0, but this is 20.11.0\n");
  expect([code, stdout]).toEqual([1, ""]);
});

describe("token and session", () => {
  test("a token is created as JSON, listed without itself, opens a session, and is revoked", async () => {
    const create = ["token", "create", ...reach, "--type", "serial", "--target", target.address];
    const made = await run([...create, "--ttl", "90", "--instance", "vm-1", "--name", "Web", "--json"]);
    expect(made).toMatchObject({ code: 0, stderr: "" });
    expect(made.stdout.trim().split("\n")).toHaveLength(1);
    const answer = JSON.parse(made.stdout) as Record<string, string>;
    const help = (await run(["token", "create", "--help"])).stdout.replaceAll(/\s+/g, " ");
    expect(/one line of JSON: ((?:\w+, )+\w+)/.exec(help)?.[1]).toBe(Object.keys(answer).join(", "));
    const { token, url, expires_at, id } = answer;
    expect(url).toBe(`http://${host}/console/?type=serial&name=Web#token=${token}`);
    expect(expires_at).toMatch(/T\d\d:\d\d:\d\d\.\d{3}Z$/);

    using client = new Client(host, token);
    expect((await client.message("hello")).expiresInMs).toBeGreaterThan(60_000);
    const [tokens, sessions] = await Promise.all([
      run(["token", "list", ...reach]),
      run(["session", "list", ...reach, "--instance", "vm-1", "--type", "serial", "--json"]),
    ]);
    expect(tokens.stdout).toMatch(/^ID +TYPE +TARGET +INSTANCE +NAME +USER +ACCESS +EXPIRES AT\n/);
    expect(tokens.stdout).toContain(`${id}  serial`);
    expect(tokens.stdout).not.toContain(token);
    const listed = JSON.parse(sessions.stdout) as [{ id: string }];
    expect(listed).toMatchObject([{ token_id: id, instance: "vm-1", state: "relaying" }]);

    const extended = await run(["session", "extend", ...reach, listed[0].id, "--ttl", "3600"]);
    expect([extended.code, extended.stdout]).toEqual([0, expect.stringMatching(/^ends at 20\S+Z\n$/)]);
    expect((await client.message("renewed")).expiresInMs).toBeGreaterThan(3_000_000);

    expect(await run(["token", "revoke", ...reach, id ?? ""])).toEqual({
      code: 0,
      stdout: `revoked ${id}\n`,
      stderr: "",
    });
    expect((await client.closed).reason).toBe("session_terminated");
  });

  test("without --json the URL alone is printed; sessions end by id, by instance and all", async () => {
    const { stdout } = await run([
      "token",
      "create",
      ...reach,
      "--type",
      "vnc",
      "--target",
      target.address,
      "--instance",
      "vm-2",
    ]);
    const token = new URL(stdout.trim()).hash.slice("#token=".length);
    using one = new Client(host, token);
    using two = new Client(host, token);
    const { session } = await one.message("hello");
    await two.message("hello");
    expect((await run(["session", "end", ...reach, session])).stdout).toBe("ended 1 session\n");
    expect((await one.closed).code).toBe(4005);
    expect((await run(["session", "end", ...reach, "--instance", "vm-2"])).stdout).toBe("ended 1 session\n");
    expect((await two.closed).code).toBe(4005);
    expect((await run(["session", "end", ...reach, "--all"])).stdout).toBe("ended 0 sessions\n");
  });
});

test("a user is locked, listed and let in again; their sessions are ended by name", async () => {
  const made = await run(["token", "create", ...reach, "--type", "vnc", "--target", target.address, "--user", "eve"]);
  const token = new URL(made.stdout.trim()).hash.slice("#token=".length);
  using one = new Client(host, token);
  await one.message("hello");
  expect((await run(["session", "end", ...reach, "--user", "eve"])).stdout).toBe("ended 1 session\n");
  using two = new Client(host, token);
  await two.message("hello");
  const locked = await run(["lock", "create", ...reach, "--user", "eve", "--message", "Ask the help desk"]);
  const [, id = ""] = /^locked as (\S+), ended 1 session\n$/.exec(locked.stdout) ?? [];
  expect((await two.message("bye")).message).toBe("Ask the help desk");
  expect((await run(["lock", "list", ...reach])).stdout).toMatch(
    /^ID +SUBJECT +VALUE .*\n\S+ +user +eve +Ask the help desk/,
  );
  expect((await run(["lock", "lift", ...reach, id])).stdout).toBe(`lifted ${id}\n`);
  expect((await run(["lock", "list", ...reach, "--json"])).stdout).toBe("[]\n");
});

describe.concurrent("what is wrong is said in one line, with exit status 1", () => {
  const target1 = ["--target", "127.0.0.1:1"];
  test.each<[string, () => string[], RegExp]>([
    ["no type", () => ["token", "create", ...target1], /required option '--type/],
    ["an unknown type", () => ["token", "create", "--type", "rdp", ...target1], /Allowed choices are vnc, serial/],
    ["a target without port", () => ["token", "create", "--type", "vnc", "--target", "x"], /expected host:port.*"x"/],
    ["a lifetime of 0", () => ["token", "create", "--type", "vnc", ...target1, "--ttl", "0"], /seconds above 0/],
    ["an unknown command", () => ["frobnicate"], /unknown command 'frobnicate'/],
    ["an unknown option", () => ["serve", "--enforced"], /unknown option '--enforced'/],
    [
      "no session named",
      () => ["session", "end", ...reach],
      /exactly one of: a session's id, --instance ID, --user NAME, --all/,
    ],
    ["nothing to lock", () => ["lock", "create", ...reach], /exactly one of: --user NAME, --instance ID, --address/],
    ["two ways at once", () => ["session", "end", ...reach, "x", "--all"], /exactly one of/],
    ["a session that is not there", () => ["session", "end", ...reach, "none"], /refused: there is no such session/],
    ["a token in place of its id", () => ["token", "revoke", ...reach, "none"], /no token with this id.*token list/],
    ["a wrong key", () => ["session", "list", ...reach, "--key", "wrong"], /refused: the key is not .* admin\.key/],
    ["a lifetime for no token", () => ["serve", "--ttl", "5"], /^curfew: --ttl: expected --vnc or --serial as well/],
    [
      "no key",
      () => ["session", "list"],
      /key of the admin API is not known: expected admin.key .* or --admin unix:\/path/,
    ],
    [
      "no gateway",
      () => ["session", "list", "--key", "x", "--admin", "http://127.0.0.1:1"],
      /no gateway answers at http:\/\/127.0.0.1:1/,
    ],
    ["a missing file", () => ["token", "list", "--config", "/no/file.yaml"], /\/no\/file.yaml: cannot be read/],
    [
      "a port in use",
      () => ["serve", "--listen", host, "--admin-listen", "127.0.0.1:0"],
      /listen: cannot listen at .*EADDRINUSE/,
    ],
    [
      "a port in use, with workers",
      () => ["serve", "--listen", host, "--admin-listen", "127.0.0.1:0", "--workers", "2"],
      /listen: cannot listen at .*EADDRINUSE/,
    ],
  ])("%s", async (_what, args, expected) => {
    const { code, stdout, stderr } = await run(args(), { CURFEW_TOKENS_PATH: ":memory:" });
    expect(stderr).toMatch(expected);
    expect(stderr).not.toMatch(/^\s+at .*:\d+:\d+\)?$/m);
    expect(stderr).not.toMatch(/stopped|draining/);
    expect({ code, stdout }).toEqual({ code: 1, stdout: "" });
  });

  test.each([
    [
      ["serve", "--enforced"],
      "error: unknown option '--enforced'\n(Did you mean --enforce?)\nsee curfew serve --help\n",
    ],
    [["token", "revoke"], "error: missing required argument 'id'\nsee curfew token revoke --help\n"],
    [["nova", "novnc", "x"], /^error: too many arguments .*\nsee curfew nova novnc --help\n$/],
    [["tokens"], "error: unknown command 'tokens'\n(Did you mean token?)\nsee curfew --help\n"],
  ])("%j: the error is followed by the command with the help, not by the help", async (args, expected) => {
    expect((await run(args)).stderr).toMatch(expected);
  });

  test("a wrong variable and a store that cannot be opened", async () => {
    const wrong = await run(["serve"], { CURFEW_CONSOLEAUTH_TOKEN_TTL: "soon" });
    expect(wrong).toMatchObject({
      // systemd is told not to start it again (RestartPreventExitStatus=).
      code: 78,
      stderr: expect.stringContaining("CURFEW_CONSOLEAUTH_TOKEN_TTL: consoleauth.token_ttl: expected a number"),
    });
    const closed = await run(["serve"], { CURFEW_TOKENS_PATH: "/dev/null/tokens.db" });
    expect(closed).toMatchObject({ code: 1, stderr: expect.stringContaining("/dev/null/tokens.db cannot be opened") });
  });

  test("a certificate for consoles that is not there", async () => {
    const env = {
      CURFEW_TOKENS_PATH: ":memory:",
      CURFEW_LOG_LEVEL: "silent",
      CURFEW_VNC_AUTH_SCHEMES: "[vencrypt]",
      CURFEW_VNC_VENCRYPT_CA_CERTS: "/no/such/ca.pem",
      // Nothing answers there: it is connected to again and again.
      CURFEW_TOKENS_SOURCES: "[{ type: redis, url: 'redis://127.0.0.1:1' }]",
    };
    expect(await run(["serve"], env)).toMatchObject({
      code: 1,
      stderr: "curfew: vnc.vencrypt_ca_certs: /no/such/ca.pem cannot be read: ENOENT\n",
    });
  });
});

describe("serve", () => {
  const args = ["serve", "--listen", "127.0.0.1:0", "--admin-listen", "127.0.0.1:0"];
  const env = { CURFEW_TOKENS_PATH: ":memory:", CURFEW_LOG_LEVEL: "silent", CURFEW_SESSIONS_DRAIN_TIMEOUT: "3600" };
  const serve = (...more: string[]): Command => new Command([...args, "--serial", target.address, ...more], env);
  const openOne = async (server: Command): Promise<Client> => {
    const url = new URL((await server.printed(/console of \S+: (\S+)/))[1] ?? "");
    const client = new Client(url.host, url.hash.slice("#token=".length));
    await client.message("hello");
    return client;
  };

  test("without configuration says where it listens, its key, and that sessions outlive their tokens", async () => {
    await using server = serve();
    using client = await openOne(server);
    expect((await client.message("hello")).expiresInMs).toBeNull();
    expect(server.stdout).toMatch(/admin key, shown only now: [\w-]{32}\n/);
    expect(server.stdout).toContain("enforce_session_timeout is off");
  });

  test("ends the session of --serial after --ttl with --enforce", async () => {
    const end = await inEnoughTime(3, async (seconds) => {
      await using server = serve("--enforce", "--ttl", String(seconds));
      using client = await openOne(server).catch(() => undefined);
      return await client?.closed;
    });
    expect(end).toEqual({ code: 4100, reason: "session_expired" });
  });

  test("on SIGTERM lets sessions finish and exits 0", async () => {
    await using server = serve();
    using client = await openOne(server);
    server.process.kill("SIGTERM");
    const url = `http://${new URL(client.socket.url).host}/readyz`;
    await expect.poll(async () => (await fetch(url)).status).toBe(503);
    client.control({ type: "ping", id: 1 });
    await client.message("pong");
    client.socket.close(1000);
    expect(await server.exited).toBe(0);
  });

  test("on a second signal ends them at once and exits 0", async () => {
    await using server = serve();
    using client = await openOne(server);
    server.process.kill("SIGINT");
    const url = `http://${new URL(client.socket.url).host}/readyz`;
    await expect.poll(async () => (await fetch(url)).status).toBe(503);
    server.process.kill("SIGTERM");
    expect(await client.closed).toEqual({ code: 4200, reason: "server_draining" });
    expect(await server.exited).toBe(0);
  });
});
