import { mkdir, mkdtemp, realpath, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { Config } from "../config/config.ts";
import type { LoadedConfig } from "../config/load.ts";
import { ConfigError } from "../config/schema.ts";
import { readCommand } from "./command-line.ts";
import { loadWebsockifyConfig } from "./load.ts";
import { type GivenOptions, WEBSOCKIFY_OPTIONS } from "./option-table.ts";

/** What `websockify --help` lists, from 0.13. */
const HELP = `
--verbose --traffic --record --daemon --run-once --timeout --idle-timeout --cert --key --key-password --ssl-only
--ssl-target --verify-client --cafile --ssl-version --ssl-ciphers --unix-listen --unix-listen-mode --unix-target
--inetd --web --web-auth --wrap-mode --prefer-ipv6 --libserver --target-config --token-plugin --token-source
--host-token --auth-plugin --auth-source --heartbeat --log-file --syslog --legacy-syslog --file-only
`
  .trim()
  .split(/\s+/);

let folder: string;
/** A certificate is only looked for here. */
let pem: string;
beforeAll(async () => {
  folder = await realpath(await mkdtemp(join(tmpdir(), "curfew-websockify-")));
  pem = join(folder, "cert.pem");
  await writeFile(pem, "");
  await mkdir(join(folder, "tokens"));
});
afterAll(() => rm(folder, { recursive: true }));

interface Given {
  readonly operands?: readonly string[];
  readonly wrapped?: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
}

type Options = Readonly<Record<string, string | number | true>>;

async function load(options: Options, { operands, wrapped, env = {} }: Given = {}): Promise<LoadedConfig> {
  const given: GivenOptions = new Map(Object.entries(options));
  const hasTarget = ["--token-plugin", "--target-config", "--unix-target"].some((name) => given.has(name));
  const addresses = ["127.0.0.1:6080", ...(hasTarget || wrapped !== undefined ? [] : ["vnc.example:5900"])];
  const command = readCommand(given, operands ?? addresses, wrapped);
  const commandPort = wrapped === undefined ? undefined : 40_000;
  return await loadWebsockifyConfig({
    command,
    options: given,
    commandPort,
    consoleType: "vnc",
    env,
    curfewConfig: undefined,
  });
}

/** The first line of what is wrong. */
async function problem(options: Options, given?: Given): Promise<string> {
  const error = await load(options, given).catch((reason: unknown) => reason);
  expect(error).toBeInstanceOf(ConfigError);
  return (error as ConfigError).problems[0] ?? "";
}

type Expected = { readonly [Key in keyof Config]?: unknown };

const FIXED = { type: "fixed", console_type: "vnc" };
const TOKEN_FILE = { "--token-plugin": "TokenFile", "--token-source": "tokens.cfg" };

/** For each option: a command line that has it, and what it sets. */
const HONORED: Readonly<Record<string, readonly [Options, Given, Expected, ...warnings: readonly string[]]>> = {
  "--verbose": [{ "--verbose": true }, {}, { log: { level: "debug" } }],
  "--traffic": [{ "--traffic": true }, {}, { traffic: true }],
  "--record": [{ "--record": "r/console" }, {}, { record: resolve("r/console") }],
  "--run-once": [{ "--run-once": true }, {}, { sessions: { max: 1 } }],
  "--ssl-target": [
    { "--ssl-target": true },
    {},
    {
      tokens: { sources: [{ endpoint: "tls://vnc.example:5900" }] },
      // The system's, as in websockify, in place of Node's.
      targets: { tls_ca_certs: expect.stringMatching(/\.(?:crt|pem)$/) },
    },
  ],
  "--ssl-version": [{ "--ssl-version": "tlsv1_3" }, {}, { console: { ssl_minimum_version: "tlsv1_3" } }],
  "--ssl-ciphers": [{ "--ssl-ciphers": "ECDHE" }, {}, { console: { ssl_ciphers: "ECDHE" } }],
  "--unix-listen": [
    { "--unix-listen": "/run/w.sock" },
    { operands: ["vnc.example:5900"] },
    { unix_listen: "/run/w.sock", unix_listen_mode: "0600" },
  ],
  "--unix-listen-mode": [
    { "--unix-listen": "/run/w.sock", "--unix-listen-mode": "660" },
    { operands: ["vnc.example:5900"] },
    { unix_listen_mode: "660" },
  ],
  "--unix-target": [
    { "--unix-target": "/run/vm/vnc.sock" },
    {},
    { tokens: { sources: [{ endpoint: "unix:/run/vm/vnc.sock" }] } },
  ],
  "--inetd": [{ "--inetd": true }, { operands: ["vnc.example:5900"] }, { listen_fd: 0 }],
  "--web": [{ "--web": "novnc" }, {}, { web: resolve("novnc") }],
  "--web-auth": [
    { "--web": "novnc", "--web-auth": true, "--auth-plugin": "BasicHTTPAuth", "--auth-source": "ada:x" },
    {},
    { access: { page: true } },
  ],
  "--prefer-ipv6": [{ "--prefer-ipv6": true }, { operands: ["6080", "a:1"] }, { listen: { host: "::", port: 6080 } }],
  "--libserver": [{ "--libserver": true }, {}, {}, "--libserver: has no effect: there is only one engine"],
  "--target-config": [
    { "--target-config": "tokens.cfg" },
    {},
    { tokens: { sources: [{ type: "file", path: resolve("tokens.cfg") }] } },
  ],
  "--token-plugin": [TOKEN_FILE, {}, { tokens: { from: "request", sources: [{ type: "file" }] } }],
  "--token-source": [TOKEN_FILE, {}, { tokens: { sources: [{ path: resolve("tokens.cfg") }] } }],
  "--host-token": [{ ...TOKEN_FILE, "--host-token": true }, {}, { tokens: { from: "host" } }],
  "--auth-plugin": [
    { "--auth-plugin": "websockify.auth_plugins.BasicHTTPAuth", "--auth-source": "ada:a:b" },
    {},
    { access: { basic_auth: "ada:a:b", page: false } },
  ],
  "--auth-source": [
    { "--auth-plugin": "ExpectOrigin", "--auth-source": "https://a.example  http://b.example" },
    {},
    { access: { origins: ["https://a.example", "http://b.example"] } },
  ],
  "--heartbeat": [{ "--heartbeat": 10 }, {}, { connections: { ping_interval: 10 } }],
  "--log-file": [{ "--log-file": "w.log" }, {}, { log: { file: resolve("w.log") } }],
  "--syslog": [
    { "--syslog": "logs.example:514", "--daemon": true },
    {},
    { log: { syslog: "logs.example:514", syslog_facility: "daemon", syslog_format: "rfc5424" } },
  ],
  "--legacy-syslog": [
    { "--syslog": "dev/log", "--legacy-syslog": true },
    {},
    { log: { syslog: resolve("dev/log"), syslog_facility: "user", syslog_format: "rfc3164" } },
  ],
};

/** Read from files in the test's folder. */
const WITH_CERTIFICATE: Readonly<Record<string, readonly [Options, () => Expected]>> = {
  "--cert": [{}, () => ({ cert: pem, key: null, ssl_only: false, client_ca: null })],
  "--key": [{ "--key": "key.pem" }, () => ({ key: resolve("key.pem") })],
  "--key-password": [{ "--key-password": "open sesame" }, () => ({ key_password: "open sesame" })],
  "--ssl-only": [{ "--ssl-only": true }, () => ({ ssl_only: true })],
  "--verify-client": [{ "--verify-client": true, "--cafile": "ca.pem" }, () => ({ client_ca: resolve("ca.pem") })],
  "--cafile": [{ "--verify-client": true, "--cafile": "ca.pem" }, () => ({ client_ca: resolve("ca.pem") })],
};

/** What the command does itself, with or without; see `lifetime.test.ts`, `wrapped-command.test.ts` and the command's tests. */
const BY_THE_COMMAND = ["--daemon", "--timeout", "--idle-timeout", "--wrap-mode", "--file-only"];

describe("every option of websockify 0.13", () => {
  test("is in the table, in the order of its --help", () => {
    expect(WEBSOCKIFY_OPTIONS.map(({ name }) => name)).toEqual(HELP);
  });

  test("is tried below", () => {
    const tried = [HONORED, WITH_CERTIFICATE].flatMap((table) => Object.keys(table));
    expect([...tried, ...BY_THE_COMMAND].toSorted()).toEqual(HELP.toSorted());
  });

  test.each(Object.entries(HONORED))("%s has an effect", async (name, [options, given, expected, ...told]) => {
    const { config, warnings } = await load(options, given);
    expect(options).toHaveProperty([name]);
    expect(config).toMatchObject(expected);
    expect(warnings).toEqual(told);
  });

  test.each(Object.entries(WITH_CERTIFICATE))("%s has an effect", async (_, [options, expected]) => {
    const { config, warnings } = await load({ "--cert": pem, ...options });
    expect(config).toMatchObject(expected());
    expect(warnings).toEqual([]);
  });

  test.each(BY_THE_COMMAND)("%s changes nothing else", async (name) => {
    expect((await load({ [name]: 1 })).config).toEqual((await load({})).config);
  });
});

describe("forms", () => {
  test("a target needs no token, and everything is as open as in websockify", async () => {
    const { config, warnings } = await load({});
    expect(config).toMatchObject({
      listen: { host: "127.0.0.1", port: 6080 },
      cert: null,
      access: { basic_auth: null, origins: ["*"], client_names: null, page: false },
      console: { page: false },
      sessions: { max_per_token: null, drain_timeout: 0 },
      targets: { allow: ["0.0.0.0/0", "::/0"] },
      tokens: { from: "none", path: ":memory:", sources: [{ ...FIXED, endpoint: "vnc.example:5900" }] },
    });
    expect(warnings).toEqual([]);
  });

  test.each([
    [["6080", "[::1]:5900"], "0.0.0.0", "[::1]:5900"],
    [["[::1]:6080", "::1:5900"], "::1", "[::1]:5900"],
  ])("%j: addresses are split at the last colon", async (operands, host, endpoint) => {
    const { config } = await load({}, { operands });
    expect(config.listen).toEqual({ host, port: 6080 });
    expect(config.tokens.sources).toEqual([{ ...FIXED, endpoint }]);
  });

  test("a command is dialed at the port that was found for it", async () => {
    const { config } = await load({}, { wrapped: ["program", "{port}"] });
    expect(config.tokens.sources).toEqual([{ ...FIXED, endpoint: "127.0.0.1:40000" }]);
  });

  test.each<[Options, Given, string]>([
    [{}, { operands: [] }, "too few arguments: expected [source_addr:]source_port"],
    [{}, { operands: ["6080"] }, "too few arguments: expected target_addr:target_port"],
    [{}, { operands: ["x", "a:1"] }, "x: expected [source_addr:]source_port, such as 6080"],
    [{}, { operands: ["6080", "a"] }, "a: expected target_addr:target_port, such as 127.0.0.1:5900"],
    [{}, { operands: ["6080", "a:0"] }, "a:0: expected target_addr:target_port, such as 127.0.0.1:5900"],
    [{}, { operands: ["6080", "a:1", "b:2"] }, "b:2: too many arguments"],
    [TOKEN_FILE, { operands: ["6080", "a:1"] }, "a:1: too many arguments"],
    [{}, { operands: ["6080"], wrapped: [] }, "--: expected a command behind it"],
    [{ ...TOKEN_FILE, "--unix-target": "/run/a/s" }, {}, "expected only one of --token-plugin, --unix-target and --"],
    [{ "--unix-target": "/s" }, {}, "--unix-target: expected a socket in a folder"],
    [{ "--token-source": "x" }, {}, "--token-source: expected --token-plugin as well"],
    [{ "--legacy-syslog": true }, {}, "--legacy-syslog: expected --syslog as well"],
    [{ "--host-token": true }, {}, "--host-token: expected --token-plugin as well"],
    [{ "--auth-source": "x" }, {}, "--auth-source: expected --auth-plugin as well"],
    [{ "--web": "x", "--web-auth": true }, {}, "--web-auth: expected --auth-plugin as well"],
    [{ "--web-auth": true, "--auth-plugin": "ExpectOrigin" }, {}, "--web-auth: expected --web as well"],
    [{ "--unix-listen": "/run/s", "--unix-listen-mode": "rw" }, {}, "--unix-listen-mode: expected octal digits"],
    [{ "--ssl-only": true }, {}, "SSL only and self.pem not found"],
    [{ "--verify-client": true }, {}, "--verify-client: expected --cert, but self.pem is not found"],
    [{ ...TOKEN_FILE, "--ssl-target": true }, {}, "--ssl-target: expected target_addr:target_port as well"],
    [{ "--auth-plugin": "ClientCertCNAuth" }, {}, "--auth-plugin ClientCertCNAuth: expected --verify-client as well"],
    [{ "--auth-plugin": "BasicHTTPAuth" }, {}, "--auth-source: expected user:password for BasicHTTPAuth"],
    [{ "--auth-plugin": "acme.Auth" }, {}, "--auth-plugin: acme.Auth is none of BasicHTTPAuth, ExpectOrigin"],
  ])("%j %j is refused", async (options, given, expected) => {
    expect(await problem(options, given)).toContain(expected);
  });

  test("a certificate that is not there is named, as there is no TLS without it", async () => {
    const { config, warnings } = await load({ "--cert": "none.pem" });
    expect(config.cert).toBeNull();
    expect(warnings).toEqual(["--cert: there is no none.pem, so clients are not served over TLS"]);
  });

  test("Curfew's own configuration overrides the defaults of websockify, and the command line that", async () => {
    const env = { CURFEW_TARGETS_ALLOW: "[10.0.0.0/8]", CURFEW_LISTEN: "127.0.0.1:1", CURFEW_TOKENS_FROM: "request" };
    const { config } = await load({}, { env });
    expect(config).toMatchObject({
      targets: { allow: ["10.0.0.0/8"] },
      listen: { port: 6080 },
      tokens: { from: "none" },
    });
  });
});

describe("token plugins", () => {
  test.each<[string, () => string, () => object]>([
    ["TokenFile", () => "/etc/tokens", () => ({ type: "file", path: "/etc/tokens" })],
    ["ReadOnlyTokenFile", () => join(folder, "tokens"), () => ({ type: "directory", format: "lines" })],
    ["TokenFileName", () => "/etc/tokens.d", () => ({ type: "directory", path: "/etc/tokens.d", format: "names" })],
    ["BaseTokenAPI", () => "http://a.example/%s", () => ({ type: "http", url: "http://a.example/%s" })],
    ["JSONTokenApi", () => "http://a.example/%s", () => ({ type: "http" })],
    ["JWTTokenApi", () => "/etc/key.pem", () => ({ type: "jwt", key_file: "/etc/key.pem" })],
    ["TokenRedis", () => "a.example", () => ({ type: "redis", url: "redis://a.example:6379/0", namespace: null })],
    [
      "TokenRedis",
      () => 'a.example:1:2:p@ss:"first:second"',
      () => ({ url: "redis://:p%40ss@a.example:1/2", namespace: "first:second" }),
    ],
    ["websockify.token_plugins.TokenRedis", () => "a.example:::pw", () => ({ url: "redis://:pw@a.example:6379/0" })],
    ["UnixDomainSocketDirectory", () => folder, () => ({ type: "unix_directory", path: folder })],
  ])("%s is a token source", async (plugin, source, expected) => {
    const { config } = await load({ "--token-plugin": plugin, "--token-source": source() });
    expect(config.tokens.from).toBe("request");
    expect(config.tokens.sources).toEqual([expect.objectContaining(expected())]);
  });

  test("the folder of UnixDomainSocketDirectory may be dialed", async () => {
    const options = { "--token-plugin": "UnixDomainSocketDirectory", "--token-source": folder };
    expect((await load(options)).config.targets.allow).toContain(`unix:${folder}/`);
  });

  test.each([
    [
      "acme.TokenFiles",
      "x",
      "acme.TokenFiles is none of ReadOnlyTokenFile, .* the nearest is TokenFile\\. .*JSONTokenApi",
    ],
    ["constructor", "x", "constructor is none of"],
    ["TokenRedis", "a:x", "--token-source: expected host\\[:port"],
    ["TokenRedis", "a:1:2:hunter2:n:more", "for TokenRedis$"],
    ["JSONTokenApi", "http://a.example/", "--token-source: expected a URL with %s"],
    ["UnixDomainSocketDirectory", "/none/there", "--token-source: /none/there cannot be read: ENOENT"],
  ])("--token-plugin %s --token-source %s is refused", async (plugin, source, expected) => {
    const found = await problem({ "--token-plugin": plugin, "--token-source": source });
    expect(found).toMatch(new RegExp(expected));
    expect(found).not.toContain("hunter2");
  });

  test("a plugin needs its source", async () => {
    expect(await problem({ "--token-plugin": "TokenFile" })).toBe(
      "--token-plugin TokenFile: expected --token-source as well",
    );
  });
});
