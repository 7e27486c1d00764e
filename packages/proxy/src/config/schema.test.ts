import { describe, expect, test } from "vitest";
import { ConfigError, describeOptions, parseConfig } from "./schema.ts";

/** Nests a value under a dotted path. */
function at(path: string, value: unknown): unknown {
  return path
    .split(".")
    .toReversed()
    .reduce((inner, name) => ({ [name]: inner }), value);
}

function problems(input: unknown): readonly string[] {
  try {
    parseConfig(input);
  } catch (error) {
    if (error instanceof ConfigError) return error.problems;
    throw error;
  }
  return [];
}

const wrong: Record<string, readonly (readonly [value: unknown, expected: RegExp])[]> = {
  listen: [
    ["6080", /expected host:port .* but got "6080"/],
    ["127.0.0.1:70000", /expected host:port/],
    [6080, /expected host:port such as .*, but got 6080/],
  ],
  cert: [
    [true, /expected a string, but got true/],
    ["-----BEGIN CERTIFICATE-----", /expected the path of a PEM file, but got PEM text$/],
  ],
  key: [
    ["", /not empty/],
    ["-----BEGIN PRIVATE KEY-----", /expected the path of a PEM file, but got PEM text$/],
    ["/etc/curfew/key.pem", /expected cert as well/],
  ],
  key_password: [
    [12345, /expected a string$/],
    ["hunter2", /expected cert as well: a private key needs its certificate$/],
  ],
  ssl_only: [["no", /expected true or false, but got "no"/]],
  web: [["", /not empty/]],
  record: [["", /not empty/]],
  traffic: [["yes", /expected true or false, but got "yes"/]],
  workers: [
    [0, /a whole number of 1 or more, but got 0/],
    ["two", /a whole number of 1 or more, but got "two"/],
    [1000, /at most 256 workers, but got 1000/],
  ],
  "connections.max": [[0, /a whole number of 1 or more, but got 0/]],
  "connections.max_per_client": [[-5, /a whole number of 1 or more, but got -5/]],
  "connections.max_unauthenticated": [["all", /a whole number of 1 or more, but got "all"/]],
  "connections.max_unauthenticated_per_client": [[2.5, /a whole number of 1 or more, but got 2.5/]],
  "connections.unauthenticated_timeout": [[0, /more than 0 seconds, but got 0/]],
  "consoleauth.enforce_session_timeout": [["yes", /expected true or false, but got "yes"/]],
  "consoleauth.token_ttl": [
    [0, /more than 0 seconds, but got 0/],
    ["600", /expected a number of seconds, but got "600"/],
    [Infinity, /finite/],
  ],
  client_ca: [
    ["-----BEGIN CERTIFICATE-----", /expected the path of a PEM file, but got PEM text$/],
    ["/etc/pki/ca.pem", /expected cert as well/],
  ],
  unix_listen: [["", /not empty/]],
  unix_listen_mode: [
    ["0900", /expected octal digits such as 0600, but got "0900"/],
    [600, /expected octal digits in quotes such as "0600", but got 600/],
  ],
  listen_fd: [[-1, /expected the number of a file descriptor, but got -1/]],
  "connections.ping_interval": [[0, /more than 0 seconds/]],
  "access.basic_auth": [["hunter2", /expected user:password$/]],
  "access.origins": [["https://dash.example", /expected a list of origins/]],
  "access.client_names": [
    ["ada", /expected a list of names/],
    [["ada"], /expected client_ca as well/],
  ],
  "access.page": [["yes", /expected true or false, but got "yes"/]],
  "tokens.from": [["cookie", /expected one of request, host, none, but got "cookie"/]],
  trusted_proxies: [["10.0.0.5", /expected a list of addresses and networks, but got "10.0.0.5"/]],
  "sessions.warn_before": [[60, /expected a list of seconds, but got 60/]],
  "sessions.max_duration": [[-1, /more than 0 seconds, but got -1/]],
  "sessions.idle_timeout": [[0, /more than 0 seconds, but got 0/]],
  "sessions.drain_timeout": [[-1, /0 seconds or more, but got -1/]],
  "sessions.max": [[0, /a whole number of 1 or more, but got 0/]],
  "sessions.max_per_client": [[1.5, /a whole number of 1 or more, but got 1.5/]],
  "sessions.max_per_user": [[0, /a whole number of 1 or more, but got 0/]],
  "sessions.max_per_token": [[0, /a whole number of 1 or more, but got 0/]],
  "sessions.max_per_instance": [["1", /a whole number of 1 or more, but got "1"/]],
  "sessions.on_limit": [["end", /expected "refuse", "replace" or "ask", but got "end"/]],
  "console.allowed_origins": [["dash.example", /expected a list of hosts or origins/]],
  "console.frame_ancestors": [["dash.example", /expected a list of hosts or origins/]],
  "console.opener_policy": [
    ["none", /expected one of same-origin, same-origin-allow-popups, unsafe-none, but got "none"/],
  ],
  "console.renew_paths": [["/renew", /expected a list of paths/]],
  "console.contact_url": [
    ["ops@example.com", /expected an http, https, mailto or tel URL, but got "ops@example.com"/],
    ["javascript:alert(1)", /expected an http, https, mailto or tel URL/],
  ],
  "console.clipboard": [["in", /expected one of both, to-machine, from-machine, none, but got "in"/]],
  "console.clipboard_max_bytes": [[0, /a whole number of 1 or more, but got 0/]],
  "console.base_url": [["ftp://example", /expected an http or https URL, but got "ftp:/]],
  "console.ssl_minimum_version": [["tlsv1_1", /expected one of default, tlsv1_2, tlsv1_3, but got "tlsv1_1"/]],
  "console.ssl_ciphers": [["", /not empty/]],
  "targets.allow": [["10.0.0.0/8", /expected a list of networks/]],
  "targets.connect_timeout": [[0, /more than 0 seconds/]],
  "vnc.auth_schemes": [
    ["vencrypt", /expected a list of schemes, but got "vencrypt"/],
    [[], /expected a list with at least one of none, vencrypt/],
  ],
  "targets.tls_ca_certs": [["-----BEGIN CERTIFICATE-----", /expected the path of a PEM file, but got PEM text$/]],
  "targets.tls_client_cert": [[true, /expected a string, but got true/]],
  "targets.tls_client_key": [["/etc/pki/key.pem", /expected targets.tls_client_cert as well/]],
  "targets.tls_check_server_name": [["yes", /expected true or false, but got "yes"/]],
  "vnc.vencrypt_ca_certs": [["-----BEGIN CERTIFICATE-----", /expected the path of a PEM file, but got PEM text$/]],
  "vnc.vencrypt_client_cert": [[true, /expected a string, but got true/]],
  "vnc.vencrypt_client_key": [
    ["-----BEGIN PRIVATE KEY-----", /expected the path of a PEM file, but got PEM text$/],
    ["/etc/pki/key.pem", /expected vnc.vencrypt_client_cert as well/],
  ],
  "vnc.vencrypt_check_server_name": [["yes", /expected true or false, but got "yes"/]],
  "vnc.vencrypt_username": [
    ["ü".repeat(513), /expected at most 1024 bytes/],
    ["root", /expected vnc.vencrypt_password as well/],
  ],
  "vnc.vencrypt_password": [
    [12345678, /expected a string$/],
    ["x".repeat(1025), /expected at most 1024 bytes$/],
  ],
  "tokens.store": [["redis", /expected "sqlite", but got "redis"/]],
  "tokens.path": [["", /not empty/]],
  "tokens.sources": [
    ["http://[::1]/", /expected a list of token sources$/],
    [{ type: "http" }, /expected a list of token sources, but got a group of options$/],
  ],
  "cluster.store": [
    ["http://store", /expected redis:\/\/\[user:password@\]host.* redis\+sentinel:.* postgresql:\/\//],
    ["postgresql://user:word@store", /expected the name of a database in the URL/],
    ["mysql://user:word@store/curfew?tls=yes", /the database URL has the parameter tls, which is not supported/],
    ["redis://user:word@store:99999", /expected host, host:port or \[IPv6\]:port, but got "store:99999"$/],
  ],
  "cluster.ca": [["", /not empty/]],
  "cluster.name": [["a b", /expected 1 to 64 ASCII characters without spaces, but got "a b"/]],
  "cluster.prefix": [["a:b", /expected 1 to 64 letters, digits, .*, but got "a:b"/]],
  "cluster.lease": [[1, /expected 3 to 300 seconds, but got 1/]],
  "cluster.peers": [["two", /expected a list of gateways, each with url and key/]],
  "cluster.on_store_loss": [["end", /expected "keep", or \{ end_after: 30 \} with a number of seconds, but got "end"/]],
  "nova.revalidate_interval": [[-1, /expected 0 seconds or more, but got -1/]],
  "nova.validate_console_port": [[false, /expected "require" or "skip", but got false/]],
  "nova.rpc.control_exchange": [["", /not empty/]],
  "nova.rpc.rpc_response_timeout": [[0, /more than 0 seconds/]],
  "nova.rpc.upgrade_levels_compute": [["6", /expected auto, a version such as 6.4, or a release .* but got "6"/]],
  "nova.rpc.rabbit_login_method": [["RABBIT-CR-DEMO", /expected one of AMQPLAIN, PLAIN, EXTERNAL, but got "RABBIT/]],
  "nova.rpc.rabbit_transient_quorum_queue": [["yes", /expected true or false, but got "yes"/]],
  "nova.rpc.rabbit_transient_queues_ttl": [[-1, /0 seconds or more/]],
  "nova.rpc.heartbeat_timeout_threshold": [[-1, /0 seconds or more/]],
  "nova.rpc.ssl": [[1, /expected true or false, but got 1/]],
  "nova.rpc.ssl_ca_file": [["-----BEGIN CERTIFICATE-----", /expected the path of a PEM file, but got PEM text$/]],
  "nova.rpc.ssl_cert_file": [["", /not empty/]],
  "nova.rpc.ssl_key_file": [["-----BEGIN PRIVATE KEY-----", /expected the path of a PEM file, but got PEM text$/]],
  "nova.rpc.ssl_enforce_hostname_verification": [["no", /expected true or false/]],
  "admin.listen": [["nowhere", /expected host:port .* but got "nowhere"/]],
  "admin.listen_fd": [["three", /expected the number of a file descriptor, but got "three"/]],
  "admin.key": [
    [12345, /expected a string$/],
    ["x", /expected 16 to 256 ASCII characters without spaces$/],
    ["fifteen letters", /expected 16 to 256 ASCII/],
    ["a key that has spaces in it", /expected 16 to 256 ASCII/],
    ["                    ", /expected 16 to 256 ASCII/],
    ["schlüssel-des-gateways", /expected 16 to 256 ASCII/],
  ],
  "admin.keys": [["a-key-that-is-in-the-wrong-place", /expected a list of keys, each with name, sha256 and rights$/]],
  "admin.tls_cert": [["-----BEGIN CERTIFICATE-----", /expected the path of a PEM file, but got PEM text$/]],
  "admin.tls_key": [["/etc/pki/key.pem", /expected admin.tls_cert as well/]],
  "admin.socket": [
    ["admin.sock", /expected an absolute path such as \/run\/curfew\/admin.sock, but got "admin.sock"/],
    [`/${"x".repeat(107)}`, /expected at most 107 bytes/],
  ],
  "admin.socket_mode": [["rw", /expected octal digits such as 0600, but got "rw"/]],
  "console.start_page": [["rdp", /expected "vnc", "serial" or "spice", but got "rdp"/]],
  "console.page": [[0, /expected true or false, but got 0/]],
  "audit.path": [
    [true, /expected a string, but got true/],
    ["syslog://logs", /expected syslog:\/\/host:port, but got "syslog:\/\/logs"/],
  ],
  "audit.required": [
    ["yes", /expected true or false, but got "yes"/],
    [true, /expected audit.path as well, the file to write to$/],
  ],
  "log.file": [[true, /expected a string, but got true/]],
  "log.syslog": [["logs.example", /expected host:port .* but got "logs.example"/]],
  "log.syslog_facility": [["mail", /expected one of user, daemon, local0, .*, but got "mail"/]],
  "log.syslog_format": [["rfc9", /expected one of rfc5424, rfc3164, but got "rfc9"/]],
  "log.level": [["loud", /expected one of trace, debug, info, warn, error, silent, but got "loud"/]],
};

describe("a wrong value is refused with its path and what was expected", () => {
  const cases = Object.entries(wrong).flatMap(([path, list]) =>
    list.map(([value, expected]) => [path, value, expected] as const),
  );
  test.each(cases)("%s: %j", (path, value, expected) => {
    const [problem = "", ...more] = problems(at(path, value));
    expect(more).toEqual([]);
    expect(problem.startsWith(`${path}: `)).toBe(true);
    expect(problem).toMatch(expected);
  });

  test.each([
    ["oracle://nova:hunter2@db/nova", "expected a database URL that begins with mysql or postgresql, but got oracle"],
    ["mysql://nova:hunter2@db/nova?ssl_capath=/ca", "the database URL has the parameter ssl_capath"],
    ["mysql://nova:hunter2@db", "expected the name of a database in the URL"],
  ])("the URL of a database %s is refused without its password", (database, expected) => {
    const found = problems({ tokens: { sources: [{ type: "nova", database }] } });
    expect(found).toEqual([expect.stringContaining(`tokens.sources.0.database: ${expected}`)]);
    expect(found.join("\n")).not.toContain("hunter2");
  });

  test("every option is tried above", () => {
    expect(Object.keys(wrong).toSorted()).toEqual(
      describeOptions()
        .map(({ path }) => path)
        .toSorted(),
    );
  });

  test.each([
    ["sessions.warn_before.1", { sessions: { warn_before: [60, -1] } }],
    ["console.allowed_origins.0", { console: { allowed_origins: ["https://dash.example/path"] } }],
    ["console.renew_paths.0", { console: { renew_paths: ["renew"] } }],
    ["console.renew_paths.1", { console: { renew_paths: ["/", "https://dash.example/renew"] } }],
    ["console.renew_paths.0", { console: { renew_paths: ["/renew now"] } }],
    ["console.renew_paths.0", { console: { renew_paths: ["/renew/../all"] } }],
    ["vnc.auth_schemes.1", { vnc: { auth_schemes: ["none", "tls"] } }],
    ["targets.allow.1", { targets: { allow: ["10.0.0.0/8", "example.org"] } }],
  ])("an entry of a list is named by its place: %s", (path, input) => {
    expect(problems(input)).toEqual([expect.stringContaining(`${path}: expected`)]);
  });

  test.each([
    ["enforce", { enforce: true }, ""],
    [
      "consoleauth.enforce_session_timout",
      { consoleauth: { enforce_session_timout: true } },
      "; did you mean consoleauth.enforce_session_timeout?",
    ],
  ])("an unknown name is refused: %s", (path, input, hint) => {
    expect(problems(input)).toEqual([`${path}: there is no such option${hint}`]);
  });

  test("several wrong values are all named", () => {
    expect(problems({ listen: "x", log: { level: "y" } })).toHaveLength(2);
  });
});

describe("what is right is taken", () => {
  test("the defaults are those of the design", () => {
    expect(parseConfig(undefined)).toMatchObject({
      listen: { host: "127.0.0.1", port: 6080 },
      consoleauth: { enforce_session_timeout: false, token_ttl: 600 },
      sessions: { warn_before: [300, 60, 10], max_duration: null },
      targets: { allow: ["127.0.0.0/8", "::1"] },
      admin: { listen: { host: "127.0.0.1", port: 6081 }, key: null },
    });
  });

  test("warnings are sorted, longest first", () => {
    expect(parseConfig({ sessions: { warn_before: [1, 300, 60] } }).sessions.warn_before).toEqual([300, 60, 1]);
  });

  test("a default that is given changes nothing", () => {
    for (const { path, default: value } of describeOptions()) {
      expect(parseConfig(at(path, value))).toEqual(parseConfig({}));
    }
  });
});
