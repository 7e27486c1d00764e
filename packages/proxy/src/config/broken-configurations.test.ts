import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { loadConfig } from "./load.ts";
import { ConfigError } from "./schema.ts";

let folder: string;
let file: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "curfew-broken-"));
  file = join(folder, "curfew.yaml");
});
afterAll(() => rm(folder, { recursive: true }));

async function problemsOf(text: string, env: Readonly<Record<string, string>> = {}): Promise<readonly string[]> {
  await writeFile(file, text);
  const error = await loadConfig({ file, env }).catch((reason: unknown) => reason);
  return error instanceof ConfigError ? error.problems : [];
}

/** What is written, and how each problem with it begins. */
const BROKEN: readonly (readonly [text: string, ...problems: string[]])[] = [
  ['listen: "6080"', "listen: expected host:port"],
  ["listen: 6080", "listen: expected host:port such as 127.0.0.1:6080 or [::1]:6080, but got 6080"],
  ["listen: :6080", 'listen: expected host:port such as 127.0.0.1:5901 or [::1]:5901, but got ":6080"'],
  [
    'listen: "*:6080"',
    'listen: expected host:port such as 127.0.0.1:6080 or [::1]:6080, with 0.0.0.0 or [::] for all addresses, but got "*:6080"',
  ],
  ['listen: ""', "listen: expected host:port"],
  ["cert: true", "cert: expected a string, but got true"],
  ['cert: "-----BEGIN CERTIFICATE-----"', "cert: expected the path of a PEM file, but got PEM text"],
  ["key: /etc/key.pem", "key: expected cert as well: a private key needs its certificate"],
  ["client_ca: /etc/ca.pem", "client_ca: expected cert as well: only TLS has certificates of clients"],
  ['ssl_only: "no"', 'ssl_only: expected true or false, but got "no"'],
  ["workers: 0", "workers: expected a whole number of 1 or more, but got 0"],
  ["workers: 1000", "workers: expected at most 256 workers, but got 1000"],
  ["workers: two", 'workers: expected a whole number of 1 or more, but got "two"'],
  ["workers: 2\nlisten_fd: 3", "workers: expected 1 with listen_fd, but got 2"],
  ["workers: 2\nadmin: { listen_fd: 3 }", "workers: expected 1 with admin.listen_fd, but got 2"],
  ["listen_fd: 3\nadmin: { listen_fd: 3 }", "admin.listen_fd: expected another descriptor than listen_fd"],
  ["listen_fd: 3\nunix_listen: /run/curfew.sock", "listen_fd: expected only one of listen_fd and unix_listen"],
  ["trusted_proxies: 10.0.0.5", 'trusted_proxies: expected a list of addresses and networks, but got "10.0.0.5"'],
  ["trusted_proxies: [10.0.0.0/33]", "trusted_proxies.0: expected"],
  ["connections: { max: 0 }", "connections.max: expected a whole number of 1 or more, but got 0"],
  [
    "connections: { unauthenticated_timeout: -1 }",
    "connections.unauthenticated_timeout: expected more than 0 seconds, but got -1",
  ],
  ["connections: 5", "connections: expected a group of options, but got 5"],
  [
    "consoleauth: { enforce_session_timeout: 1 }",
    "consoleauth.enforce_session_timeout: expected true or false, but got 1",
  ],
  ["consoleauth: { token_ttl: soon }", 'consoleauth.token_ttl: expected a number of seconds, but got "soon"'],
  ["consoleauth: { token_ttl: .inf }", "consoleauth.token_ttl: expected a finite number of seconds"],
  ["consoleauth: { token_ttl: 99999999999 }", "consoleauth.token_ttl: expected at most"],
  [
    "consoleauth: { tokenttl: 5 }",
    "consoleauth.tokenttl: there is no such option; did you mean consoleauth.token_ttl?",
  ],
  ["session: { max: 3 }", "session: there is no such option; did you mean sessions?"],
  [
    "sessions: { max_per_tokens: 3 }",
    "sessions.max_per_tokens: there is no such option; did you mean sessions.max_per_token?",
  ],
  [
    "sessions: { warn-before: [5] }",
    "sessions.warn-before: there is no such option; did you mean sessions.warn_before?",
  ],
  [
    "enforce_session_timeout: true",
    "enforce_session_timeout: there is no such option; did you mean consoleauth.enforce_session_timeout?",
  ],
  ["colour: red", "colour: there is no such option"],
  [
    "session: { max: 3 }\nconsolauth: { enforce: true }",
    "session: there is no such option; did you mean sessions?",
    "consolauth: there is no such option; did you mean consoleauth?",
  ],
  [
    "tokens: { sources: [{ type: file, path: /x, pth: 1, kind: 2 }] }",
    "tokens.sources.0.pth: there is no such option; did you mean tokens.sources.0.path?",
    "tokens.sources.0.kind: there is no such option",
  ],
  ["sessions: { warn_before: 60 }", "sessions.warn_before: expected a list of seconds, but got 60"],
  ["sessions: { warn_before: [60, soon] }", 'sessions.warn_before.1: expected a number of seconds, but got "soon"'],
  ["sessions: { max_duration: -1 }", "sessions.max_duration: expected more than 0 seconds, but got -1"],
  ["sessions: { drain_timeout: -1 }", "sessions.drain_timeout: expected 0 seconds or more, but got -1"],
  [
    "sessions: { drain_timeout: 2073601 }",
    "sessions.drain_timeout: expected at most 2073600 seconds (24 days), but got 2073601",
  ],
  ["sessions: { on_limit: end }", 'sessions.on_limit: expected "refuse", "replace" or "ask", but got "end"'],
  ["sessions: [1, 2]", "sessions: expected a group of options, but got a list"],
  [
    "console: { allowed_origins: dash.example }",
    'console.allowed_origins: expected a list of hosts or origins, but got "dash.example"',
  ],
  ['console: { allowed_origins: ["https://"] }', "console.allowed_origins.0: expected"],
  [
    "console: { opener_policy: none }",
    'console.opener_policy: expected one of same-origin, same-origin-allow-popups, unsafe-none, but got "none"',
  ],
  ["console: { start_page: rdp }", 'console.start_page: expected "vnc", "serial" or "spice", but got "rdp"'],
  ["console: { renew_paths: [api] }", 'console.renew_paths.0: expected a path such as /api/consoles/, but got "api"'],
  [
    "console: { contact_url: ops@example.com }",
    'console.contact_url: expected an http, https, mailto or tel URL, but got "ops@example.com"',
  ],
  ["console: { base_url: 'ftp://host' }", 'console.base_url: expected an http or https URL, but got "ftp://host"'],
  [
    "console: { ssl_minimum_version: tlsv1_1 }",
    'console.ssl_minimum_version: expected one of default, tlsv1_2, tlsv1_3, but got "tlsv1_1"',
  ],
  ["targets: { allow: ['10.0.0.0/8:x'] }", "targets.allow.0: expected"],
  ["targets: { connect_timeout: 0 }", "targets.connect_timeout: expected more than 0 seconds, but got 0"],
  [
    "targets: { tls_client_key: /k.pem }",
    "targets.tls_client_key: expected targets.tls_client_cert as well: a private key needs its certificate",
  ],
  ["vnc: { auth_schemes: [] }", "vnc.auth_schemes: expected a list with at least one of none, vencrypt"],
  ["vnc: { auth_schemes: [tight] }", "vnc.auth_schemes.0: expected one of"],
  ["vnc: { vencrypt_password: 12345678 }", "vnc.vencrypt_password: expected a string"],
  ["vnc: { vencrypt_username: root }", "vnc.vencrypt_username: expected vnc.vencrypt_password as well"],
  [
    "cluster: { store: 'redis://store', on_store_loss: { end_after: 0 } }",
    "cluster.on_store_loss.end_after: expected more than 0 seconds",
  ],
  [
    // A store that answers is heard of less often than this.
    "cluster: { store: 'redis://store', on_store_loss: { end_after: 1.5 } }",
    "cluster.on_store_loss.end_after: expected 4 seconds or more",
  ],
  [
    "cluster: { on_store_loss: { end_after: 30s } }",
    "cluster.on_store_loss: expected cluster.store or cluster.peers as well: without them, there is nothing to lose",
  ],
  [
    "cluster: { store: 'redis://store', ca: store.pem }",
    "cluster.ca: expected a cluster.store that begins with rediss, or a database: other connections have no certificate",
  ],
  [
    `cluster: { store: 'mysql://curfew:secret@db/curfew', prefix: ${"p".repeat(41)} }`,
    "cluster.prefix: expected at most 40 characters where cluster.store is a database, because names of tables begin with it",
  ],
  [
    "cluster: { store: 'redis://store', peers: [{ url: 'http://two:6081', key: a-key-12345678-of-two }] }",
    "cluster.peers: expected only one of cluster.store and cluster.peers",
  ],
  ["cluster: { peers: [{ url: 'http://two:6081' }] }", "cluster.peers.0.key: expected a value"],
  ["cluster: { peers: [{ url: 'http://two:6081', key: 12345678 }] }", "cluster.peers.0.key: expected a string"],
  [
    "cluster: { peers: [{ url: two:6081, key: a-key-12345678-of-two }] }",
    "cluster.peers.0.url: expected an http or https URL",
  ],
  [
    "cluster: { peers: [{ url: 'http://two:6081/?key=1', key: a-key-12345678-of-two }] }",
    "cluster.peers.0.url: expected a URL without user, password and query",
  ],
  [
    "cluster: { peers: [{ url: 'http://two:6081', key: a-key-12345678-of-two, ca: ca.pem }] }",
    "cluster.peers.0.ca: expected a url that begins with https: other connections have no certificate",
  ],
  [
    "cluster: { peers: [{ url: 'http://two:6081', key: a-key-12345678-of-two }, { url: 'http://TWO:6081/', key: a-key-12345678-of-two }] }",
    "cluster.peers: expected each gateway once",
  ],
  [
    "cluster: { peers: [{ url: 'http://127.0.0.1:6081', key: a-key-12345678-of-two }] }",
    "cluster.peers.0.url: expected another gateway, but got admin.listen of this one",
  ],
  [
    "admin: { listen: '[::1]:6081' }\ncluster: { peers: [{ url: 'http://[::1]:6081', key: a-key-12345678-of-two }] }",
    "cluster.peers.0.url: expected another gateway, but got admin.listen of this one",
  ],
  [
    `cluster: { peers: [${Array.from({ length: 9 }, (_, index) => `{ url: 'http://h${index}', key: a-key-12345678-of-two }`).join(", ")}] }`,
    "cluster.peers: expected at most 8 gateways",
  ],
  ["tokens: { store: redis }", 'tokens.store: expected "sqlite", but got "redis"'],
  ["tokens: { sources: [{ type: http }] }", "tokens.sources.0.url: expected a value"],
  ["tokens: { sources: [{ type: ldap }] }", "tokens.sources.0.type: expected one of jwt, file, directory"],
  [
    "tokens: { sources: [{ type: http, url: 'http://host/', timeuot: 3 }] }",
    "tokens.sources.0.timeuot: there is no such option; did you mean tokens.sources.0.timeout?",
  ],
  ["tokens: { sources: [{ type: jwt }] }", "tokens.sources.0: expected either key_file or jwks_url"],
  ["nova: { revalidate_interval: -1 }", "nova.revalidate_interval: expected 0 seconds or more, but got -1"],
  [
    "nova: { rpc: { ssl_cafile: /ca.pem } }",
    "nova.rpc.ssl_cafile: there is no such option; did you mean nova.rpc.ssl_ca_file?",
  ],
  ["admin: { key: 12345678 }", "admin.key: expected a string"],
  ["admin: 12345678", "admin: expected a group of options"],
  ["admin: { listen: nowhere }", "admin.listen: expected host:port"],
  ["admin: { tls_key: /k.pem }", "admin.tls_key: expected admin.tls_cert as well: a private key needs its certificate"],
  ["admin: { socket: admin.sock }", "admin.socket: expected an absolute path such as /run/curfew/admin.sock"],
  ["admin: { socket_mode: 384 }", "admin.socket_mode: expected octal digits in quotes"],
  ["admin: { socket_mode: '0999' }", "admin.socket_mode: expected octal digits such as 0600"],
  ["admin: { keys: [12345678] }", "admin.keys.0: expected a group of options"],
  [
    "admin: { keys: [{ name: a, sha256: 12345678, rights: [] }] }",
    "admin.keys.0.sha256: expected a string",
    "admin.keys.0.rights: expected at least one of read, issue, end, admin",
  ],
  [
    "admin: { keys: [{ name: 'a b', key: 12345678, rights: [write] }] }",
    "admin.keys.0.name: expected 1 to 64 letters",
    "admin.keys.0.sha256: expected a value",
    "admin.keys.0.rights.0: expected one of read, issue, end, admin",
    "admin.keys.0.key: there is no such option",
  ],
  ["admin: { key: 12345678, key_file: 12345678 }", "admin.key_file: expected only one of admin.key and this"],
  ["admin: { key_file: 12345678 }", "admin.key_file: expected the absolute path of a file, or credential:NAME"],
  [
    "admin: { key_file: credential:../12345678 }",
    "admin.key_file: expected the absolute path of a file, or credential:NAME",
  ],
  [
    "admin: { key_file: credential:admin.key }",
    "admin.key_file: systemd has passed no credentials: the unit needs LoadCredential=admin.key:FILE",
  ],
  ["admin: { key_file: /nonexistent/key }", "admin.key_file: /nonexistent/key does not exist"],
  ["admin: { key_file: / }", "admin.key_file: / is a folder"],
  ["admin: { key_file: /dev/null }", "admin.key_file: /dev/null is no regular file"],
  ["admin: { keyfile: /k }", "admin.keyfile: there is no such option; did you mean admin.key_file?"],
  ["admin: { keys_file: /k }", "admin.keys_file: there is no such option; did you mean admin.key_file?"],
  ["listen_file: /l", "listen_file: there is no such option"],
  [
    "vnc: { vencrypt_username: root, vencrypt_password_file: /nonexistent/password }",
    "vnc.vencrypt_password_file: /nonexistent/password does not exist",
  ],
  [
    "tokens: { sources: [{ type: redis, url_file: /nonexistent/url }, { type: http, url_file: /u }] }",
    "tokens.sources.0.url_file: /nonexistent/url does not exist",
    "tokens.sources.1.url: expected a value",
    "tokens.sources.1.url_file: there is no such option",
  ],
  ["log: { level: loud }", 'log.level: expected one of trace, debug, info, warn, error, silent, but got "loud"'],
  ["log: { file: true }", "log.file: expected a string, but got true"],
  ["log: { syslog: 'unix:/dev/log' }", "log.syslog: expected host:port, or a path such as /dev/log"],
  ["log: { syslog: 'udp://logs.example:514' }", "log.syslog: expected host:port, or a path such as /dev/log"],
  ["audit: { required: true }", "audit.required: expected audit.path as well, the file to write to"],
  [
    "audit: { path: /var/log/curfew.log }\nlog: { file: /var/log/curfew.log }",
    "audit.path: expected another file than log.file",
  ],
  ["audit: { path: 'syslog://host' }", 'audit.path: expected syslog://host:port, but got "syslog://host"'],
  [
    "audit: { path: 'syslog://host:601', required: true }",
    "audit.required: expected a file as audit.path: a syslog server does not confirm what it gets",
  ],
  ["- listen", "(top level): expected options by name, but got a list"],
  [
    "workers: 0\nlog: { level: loud }\nsession: {}\nadmin: { key: 12345678 }",
    "workers: expected a whole number",
    "log.level: expected one of trace",
    "session: there is no such option",
    "admin.key: expected a string",
  ],
  [
    "key: /k.pem\nclient_ca: /ca.pem\naudit: { required: true }",
    "key: expected cert as well",
    "client_ca: expected cert as well",
    "audit.required: expected audit.path as well",
  ],
];

test.each(BROKEN)("%s", async (text, ...expected) => {
  const problems = await problemsOf(text);
  const unexpected = problems.filter((problem) => !expected.some((words) => problem.startsWith(words)));
  expect([unexpected, problems.length]).toEqual([[], expected.length]);
  // The value of a secret is never repeated.
  expect(problems.join("\n")).not.toContain("12345678");
});

test("what is wrong with the file's form, with variables, and with values is named together", async () => {
  const env = { CURFEW_WORKERS: "0", CURFEW_LOG_LEVLE: "info", CURFEW_TARGETS_ALLOW: "[" };
  const problems = await problemsOf("log: { level: loud }\n", env);
  expect(problems.toSorted()).toEqual([
    "CURFEW_LOG_LEVLE: there is no option of this name; did you mean CURFEW_LOG_LEVEL?",
    'CURFEW_TARGETS_ALLOW: expected a YAML value, but got "["',
    "CURFEW_WORKERS: workers: expected a whole number of 1 or more, but got 0",
    'log.level: expected one of trace, debug, info, warn, error, silent, but got "loud"',
  ]);
  const form = await problemsOf('log: { level: info }\nlog: {}\nadmin:\n  key: "12345678\n', { CURFEW_WORKERS: "0" });
  expect(form.length).toBeGreaterThan(2);
  expect(form.slice(0, -1).filter((problem) => !problem.startsWith(`${file}: `))).toEqual([]);
  expect(form.join("\n")).not.toContain("12345678");
});
