import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { ConfigError } from "../config/schema.ts";
import { loadNovaConfig, type NovaConfig, type NovaSources } from "./load.ts";
import { RPC_DEFAULTS } from "../tokens/nova/rpc/options.ts";
import type { Flag } from "./oslo/configuration.ts";
import { SERVICES, type ServiceName } from "./service.ts";

/** Nova keeps its console tokens somewhere. */
const CONNECTION = "mysql+pymysql://nova:hunter2@db.example/nova";
const DATABASE = { OS_DATABASE__CONNECTION: CONNECTION };

let folder: string;
beforeEach(async () => void (folder = await mkdtemp(join(tmpdir(), "curfew-nova-"))));
afterEach(() => rm(folder, { recursive: true }));

interface Given extends Partial<Pick<NovaSources, "env" | "ownPage">> {
  readonly service?: ServiceName;
  readonly flags?: readonly Flag[];
  /** Curfew's own configuration. */
  readonly yaml?: string;
}

/** What a proxy reads from a nova.conf. */
async function load(
  text: string,
  { service = "novnc", flags = [], yaml, env = {}, ...rest }: Given = {},
): Promise<NovaConfig> {
  const configFile = join(folder, "nova.conf");
  await writeFile(configFile, text);
  const curfewConfig = yaml === undefined ? undefined : join(folder, "curfew.yaml");
  if (curfewConfig !== undefined) await writeFile(curfewConfig, yaml ?? "");
  return await loadNovaConfig({
    service: SERVICES[service],
    args: [{ configFile }, ...flags],
    env: { ...DATABASE, ...env },
    curfewConfig,
    ownPage: false,
    folders: [],
    ...rest,
  });
}

/** What is wrong, with the folder left out. */
async function problems(text: string, given?: Given): Promise<string[]> {
  const error = await load(text, given).catch((reason: unknown) => reason);
  expect(error).toBeInstanceOf(ConfigError);
  return (error as ConfigError).problems.map((problem) => problem.replaceAll(`${folder}/`, ""));
}

describe("without any option", () => {
  test.each([
    ["novnc", "0.0.0.0", 6080, 6081],
    ["serial", "0.0.0.0", 6083, 6084],
  ] as const)(
    "%s listens where Nova's proxy does, and dials what Nova's tokens name",
    async (service, host, port, admin) => {
      const { config, daemon, warnings } = await load("", { service });
      expect(config.listen).toEqual({ host, port });
      expect(config.admin.listen).toEqual({ host: "127.0.0.1", port: admin });
      expect(config.targets.allow).toEqual(["0.0.0.0/0", "::/0"]);
      expect(config.tokens.path).toBe(":memory:");
      expect(config.consoleauth).toEqual({ enforce_session_timeout: false, token_ttl: 600 });
      expect(config.console.frame_ancestors).toEqual(["*"]);
      expect([config.cert, config.web, daemon, warnings]).toEqual([null, null, false, []]);
    },
  );

  test("the serial proxy has no page, unless it is asked for", async () => {
    expect((await load("", { service: "serial" })).config.console.page).toBe(false);
    expect((await load("", { service: "serial", ownPage: true })).config.console).toMatchObject({
      page: true,
      start_page: "serial",
    });
    expect((await load("")).config.console).toMatchObject({ page: true, start_page: "vnc" });
  });
});

test("the options of a proxy are Curfew's", async () => {
  const cert = join(folder, "both.pem");
  await writeFile(cert, "");
  const { config, daemon } = await load(`
[DEFAULT]
daemon = true
debug = yes
log_dir = ${folder}
cert = ${cert}
key = /key.pem
ssl_only = on
web = ${folder}
record = console
[vnc]
novncproxy_host = ::1
novncproxy_port = 6090
novncproxy_base_url = https://cloud.example/novnc/vnc_lite.html
auth_schemes = vencrypt,none
vencrypt_ca_certs = /ca.pem
vencrypt_client_cert = /client.pem
vencrypt_client_key = /client-key.pem
[console]
allowed_origins = dash.example, 2001:db8::1
ssl_ciphers = HIGH
ssl_minimum_version = tlsv1_3
[consoleauth]
token_ttl = 60
enforce_session_timeout = true
`);
  expect(config).toMatchObject({
    listen: { host: "::1", port: 6090 },
    cert,
    key: "/key.pem",
    ssl_only: true,
    web: folder,
    record: resolve("console"),
    log: { level: "debug", file: join(folder, "nova-novncproxy.log") },
    console: {
      base_url: "https://cloud.example/novnc",
      allowed_origins: ["dash.example:*", "[2001:db8::1]:*"],
      ssl_ciphers: "HIGH",
      ssl_minimum_version: "tlsv1_3",
    },
    consoleauth: { token_ttl: 60, enforce_session_timeout: true },
    vnc: {
      auth_schemes: ["vencrypt", "none"],
      vencrypt_ca_certs: "/ca.pem",
      vencrypt_client_cert: "/client.pem",
      vencrypt_client_key: "/client-key.pem",
    },
  });
  expect(daemon).toBe(true);
});

test("the gateway authenticates to VNC servers itself, as Nova's proxy does, and to no others", async () => {
  expect((await load("[vnc]\nvencrypt_ca_certs =")).config.vnc).toMatchObject({
    auth_schemes: ["none"],
    vencrypt_ca_certs: null,
  });
  expect((await load("", { service: "serial" })).config.vnc.auth_schemes).toBeNull();
});

describe("where a value comes from", () => {
  test("a certificate alone leaves plain HTTP as well", async () => {
    const cert = join(folder, "self.pem");
    await writeFile(cert, "");
    expect((await load(`[DEFAULT]\ncert = ${cert}`)).config).toMatchObject({ cert, ssl_only: false });
  });

  test("a base URL of a WebSocket is one of http", async () => {
    const text = "[serial_console]\nbase_url = wss://cloud.example/serial/";
    expect((await load(text, { service: "serial" })).config.console.base_url).toBe("https://cloud.example/serial");
  });

  test.each([
    ["false", "127.0.0.1"],
    ["true", "::1"],
  ])("with source_is_ipv6 = %s, localhost is %s", async (preferred, host) => {
    const { config } = await load(`[DEFAULT]\nsource_is_ipv6 = ${preferred}\n[vnc]\nnovncproxy_host = localhost`);
    // Where a machine has but one of the two, that is taken.
    expect([host, "127.0.0.1", "::1"]).toContain(config.listen.host);
    expect((await load(`[DEFAULT]\nsource_is_ipv6 = ${preferred}\n[vnc]\nnovncproxy_host =`)).config.listen.host).toBe(
      preferred === "true" ? "::" : "0.0.0.0",
    );
  });

  test("a flag overrides the file before it, and the file after it overrides the flag", async () => {
    const flag = { group: "vnc", name: "novncproxy_port", value: "2", flag: "--vnc-novncproxy_port" };
    expect((await load("[vnc]\nnovncproxy_port = 1", { flags: [flag] })).config.listen.port).toBe(2);
    const configFile = join(folder, "nova.conf");
    const args = [flag, { configFile }];
    const sources = { service: SERVICES.novnc, env: DATABASE, curfewConfig: undefined, ownPage: false, folders: [] };
    expect((await loadNovaConfig({ ...sources, args })).config.listen.port).toBe(1);
  });

  test("the files of a folder are read in the order of their names", async () => {
    await mkdir(join(folder, "conf.d"));
    const files = { "10-a.conf": 1, "9-b.conf": 2, "a.txt": 3, ".b.conf": 4 };
    for (const [name, port] of Object.entries(files)) {
      await writeFile(join(folder, "conf.d", name), `[vnc]\nnovncproxy_port = ${port}`);
    }
    const args = [{ configDir: join(folder, "conf.d") }];
    const sources = { service: SERVICES.novnc, env: DATABASE, curfewConfig: undefined, ownPage: false, folders: [] };
    expect((await loadNovaConfig({ ...sources, args })).config.listen.port).toBe(2);
  });

  test("without --config-file, nova.conf and the program's own file are read, each where it is found first", async () => {
    const folders = [join(folder, "first"), join(folder, "second")];
    for (const each of folders) await mkdir(each);
    await writeFile(join(folder, "first", "nova.conf"), "[vnc]\nnovncproxy_port = 1\nnovncproxy_host = ::1");
    await writeFile(join(folder, "second", "nova.conf"), "[vnc]\nnovncproxy_host = ::2");
    await writeFile(join(folder, "second", "nova-novncproxy.conf"), "[vnc]\nnovncproxy_port = 2");
    const sources = {
      service: SERVICES.novnc,
      args: [],
      env: DATABASE,
      curfewConfig: undefined,
      ownPage: false,
      folders,
    };
    expect((await loadNovaConfig(sources)).config.listen).toEqual({ host: "::1", port: 2 });
  });
});

describe("a start-up error", () => {
  test.each([
    ["[DEFAULT]\nssl_only = true\ncert = /none.pem", "SSL only and /none.pem not found"],
    [
      "[DEFAULT]\nweb = /none",
      "Can not find html/js files at /none. (nova.conf:2 ([DEFAULT] web); without it, or with --curfew-page, Curfew serves its own page)",
    ],
    ["[vnc]\nnovncproxy_port =", "nova.conf:2 ([vnc] novncproxy_port): expected a port"],
    [
      "[vnc]\nnovncproxy_port = http",
      'nova.conf:2 ([vnc] novncproxy_port): expected a whole number of 0 or more, at most 65535, but got "http"',
    ],
    ["[vnc]\nnovncproxy_host", 'nova.conf:2: expected "name = value", "[section]" or a comment'],
    ["[vnc]\nnovncproxy_host = $nope", "nova.conf:2 ([vnc] novncproxy_host): there is no option $nope"],
  ])("%j", async (text, problem) => {
    expect(await problems(text)).toEqual([problem]);
  });

  test("names the place in nova.conf where Curfew does not take a value", async () => {
    expect(await problems("[console]\nallowed_origins = ok.example, not ok")).toEqual([
      expect.stringMatching(/^nova.conf:2 \(\[console\] allowed_origins\): console.allowed_origins.1: expected a host/),
    ]);
  });

  test("a file or a folder that is not there is named", async () => {
    const sources = { service: SERVICES.novnc, env: DATABASE, curfewConfig: undefined, ownPage: false, folders: [] };
    await expect(loadNovaConfig({ ...sources, args: [{ configFile: "/none.conf" }] })).rejects.toThrow(
      "/none.conf: cannot be read: ENOENT",
    );
    await expect(loadNovaConfig({ ...sources, args: [{ configDir: "/none.d" }] })).rejects.toThrow(
      "/none.d: cannot be read: ENOENT",
    );
  });

  test("bytes that are no UTF-8 are refused", async () => {
    const configFile = join(folder, "latin1.conf");
    await writeFile(configFile, Buffer.from("[DEFAULT]\nweb = \xe9", "latin1"));
    const sources = { service: SERVICES.novnc, env: DATABASE, curfewConfig: undefined, ownPage: false, folders: [] };
    await expect(loadNovaConfig({ ...sources, args: [{ configFile }] })).rejects.toThrow(
      "latin1.conf: expected text in UTF-8",
    );
  });

  test("a wrong option of another proxy is none", async () => {
    await expect(
      load("[spice]\nhtml5proxy_port = x\n[vnc]\nauth_schemes = x", { service: "serial" }),
    ).resolves.toBeDefined();
  });
});

describe("Curfew's own configuration", () => {
  test("overrides Nova's defaults, and adds to what nova.conf says", async () => {
    const yaml = "listen: 127.0.0.1:7000\nsessions: { max: 5 }\ntargets: { allow: [10.0.0.0/8] }";
    const { config } = await load("[consoleauth]\ntoken_ttl = 5", { yaml });
    expect(config.listen).toEqual({ host: "127.0.0.1", port: 7000 });
    expect(config).toMatchObject({
      sessions: { max: 5 },
      targets: { allow: ["10.0.0.0/8"] },
      consoleauth: { token_ttl: 5 },
    });
  });

  test("may say the same in another form", async () => {
    const text = "[vnc]\nnovncproxy_host = ::1\n[consoleauth]\ntoken_ttl = 0060";
    const given = { yaml: 'listen: "[::1]:6080"', env: { CURFEW_CONSOLEAUTH_TOKEN_TTL: "60.0" } };
    expect((await load(text, given)).config.consoleauth.token_ttl).toBe(60);
  });

  test("is refused where it says something else, with both places", async () => {
    const text = "[vnc]\nnovncproxy_port = 6081\n[DEFAULT]\ndebug = 1\n[consoleauth]\ntoken_ttl = 60";
    const yaml = "listen: 0.0.0.0:6080\nlog: { level: info }";
    expect(await problems(text, { yaml, env: { CURFEW_CONSOLEAUTH_TOKEN_TTL: "61" } })).toEqual([
      "listen: expected the same value in both configurations, or only one of them, but curfew.yaml has " +
        '"0.0.0.0:6080" and nova.conf:2 ([vnc] novncproxy_port) "0.0.0.0:6081"',
      "consoleauth.token_ttl: expected the same value in both configurations, or only one of them, but the variable " +
        "CURFEW_CONSOLEAUTH_TOKEN_TTL has 61 and nova.conf:6 ([consoleauth] token_ttl) 60",
      "log.level: expected the same value in both configurations, or only one of them, but curfew.yaml has " +
        '"info" and nova.conf:4 ([DEFAULT] debug) "debug"',
    ]);
  });

  test("is refused where it is wrong by itself", async () => {
    expect(await problems("", { yaml: "- a" })).toEqual(["(top level): expected options by name, but got a list"]);
    expect(await problems("", { yaml: "sesions: {}" })).toEqual([
      "sesions: there is no such option; did you mean sessions?",
    ]);
  });
});

describe("Nova's databases", () => {
  const API = "[api_database]\nconnection = mysql://nova:s@db.example/nova_api\n";

  test("are the one that the cell's own proxy reads, with the transport for what compute is asked", async () => {
    const { config } = await load(`[DEFAULT]\ntransport_url = rabbit://u:p@mq//\n${API}`);
    expect(config.tokens.sources).toMatchObject([
      { type: "nova", database: CONNECTION, api_database: null, transport_url: "rabbit://u:p@mq//" },
    ]);
  });

  test("are those of all cells where only the API database is configured", async () => {
    const { config } = await load(API, { env: { OS_DATABASE__CONNECTION: undefined } });
    expect(config.tokens.sources).toMatchObject([
      { database: null, api_database: "mysql://nova:s@db.example/nova_api" },
    ]);
  });

  test("and nova-compute is asked as the options for RabbitMQ say", async () => {
    const defaults = (await load("")).config.nova;
    expect(defaults).toEqual({ revalidate_interval: 30, validate_console_port: "require", rpc: RPC_DEFAULTS });
    const text =
      "[DEFAULT]\nrpc_response_timeout = 5\ncontrol_exchange = cloud\n[upgrade_levels]\ncompute = caracal\n" +
      "[oslo_messaging_rabbit]\nrabbit_transient_quorum_queue = true\nrabbit_transient_queues_ttl = 60\n" +
      "rabbit_use_ssl = 1\nkombu_ssl_ca_certs = /ca.pem\nssl_cert_file =\nrabbit_login_method = PLAIN\n";
    expect((await load(text)).config.nova.rpc).toEqual({
      ...RPC_DEFAULTS,
      rpc_response_timeout: 5,
      control_exchange: "cloud",
      upgrade_levels_compute: "caracal",
      rabbit_transient_quorum_queue: true,
      rabbit_transient_queues_ttl: 60,
      ssl: true,
      ssl_ca_file: "/ca.pem",
      rabbit_login_method: "PLAIN",
    });
  });

  test("come before the sources of Curfew's own configuration, which may add options of its own", async () => {
    const http = "{ type: http, url: https://tokens.example/ }";
    expect((await load("", { yaml: `tokens: { sources: [${http}] }` })).config.tokens.sources).toMatchObject([
      { type: "nova", database: CONNECTION },
      { type: "http" },
    ]);
    const yaml = `tokens: { sources: [${http}, { type: nova, max_connections: 3 }] }`;
    expect((await load("", { yaml })).config.tokens.sources).toMatchObject([
      { type: "http" },
      { type: "nova", database: CONNECTION, max_connections: 3 },
    ]);
  });

  test("that are empty texts are none, as all such options", async () => {
    const text = `[DEFAULT]\nkey =\ncert =\nlog_file =\ntransport_url =\nrecord =\nweb =\n[console]\nssl_ciphers =\n${API}`;
    const { config, warnings } = await load(text, { env: { OS_DATABASE__CONNECTION: "" } });
    expect(config.tokens.sources).toMatchObject([{ database: null, transport_url: null }]);
    expect([config.key, config.cert, config.web, config.record, config.log.file, config.console.ssl_ciphers]).toEqual(
      Array(6).fill(null),
    );
    expect(warnings).toEqual([]);
  });

  test("have to be configured, and the same in both configurations; an error quotes no password", async () => {
    expect(await problems("", { env: { OS_DATABASE__CONNECTION: undefined } })).toEqual([
      "[database] connection: expected the URL of the database in which Nova keeps its console tokens",
    ]);
    const yaml = "tokens: { sources: [{ type: nova, database: mysql://nova:hunter2@other/nova }] }";
    expect(await problems("", { yaml })).toEqual([
      "tokens.sources.0.database: expected the same URL in both configurations, or only one of them, but curfew.yaml " +
        "and the variable OS_DATABASE__CONNECTION have different ones",
    ]);
    const wrong = await problems("[database]\nconnection = oracle://nova:hunter2@db/nova", {
      env: { OS_DATABASE__CONNECTION: undefined },
    });
    expect(wrong).toEqual([
      expect.stringMatching(/^nova.conf:2 .*: tokens.sources.0.database: expected a database URL that begins with/),
    ]);
    expect(wrong[0]).not.toContain("hunter2");
  });

  test("are a list in Curfew's own configuration", async () => {
    expect(await problems("", { yaml: "tokens: { sources: nova }" })).toEqual([
      "tokens.sources: expected a list of token sources",
    ]);
  });
});

describe("warnings", () => {
  test("name what has another effect than in Nova", async () => {
    const text =
      "[DEFAULT]\nuse_syslog = 1\ncert = none.pem\n[console]\nssl_minimum_version = tlsv1_1\n[default]\nweb = x";
    const { config, warnings } = await load(text);
    expect(warnings.map((line) => line.replace(`${folder}/`, ""))).toEqual([
      "nova.conf:7: [default] is not [DEFAULT], and has no effect",
      "nova.conf:3 ([DEFAULT] cert): there is no none.pem, so browsers are not served over TLS",
      "[console] ssl_minimum_version: TLS 1.1 is not offered; TLS 1.2 is the oldest",
      "nova.conf:2 ([DEFAULT] use_syslog): has no effect: Curfew logs to standard error or to log_file",
    ]);
    expect(config.console.ssl_minimum_version).toBe("tlsv1_2");
  });
});
