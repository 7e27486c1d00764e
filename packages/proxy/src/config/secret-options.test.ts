import { execFileSync } from "node:child_process";
import { chmod, mkdtemp, rm, writeFile } from "node:fs/promises";
import { readFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { type ConfigSources, loadConfig, readWritten, secretVariables } from "./load.ts";
import { valueAt } from "./merge.ts";
import { ConfigError, describeOptions } from "./schema.ts";
import { showConfig } from "./show.ts";
import { describeTokenSources } from "./token-sources.ts";

const KEY = "key-that-is-not-shown";

let folder: string;
beforeEach(async () => void (folder = await mkdtemp(join(tmpdir(), "curfew-secrets-"))));
afterEach(() => rm(folder, { recursive: true }));

async function secretFile(name: string, content: string | Uint8Array, mode = 0o600): Promise<string> {
  const file = join(folder, name);
  await writeFile(file, content);
  await chmod(file, mode);
  return file;
}

/** A configuration file. JSON is YAML. */
async function configFile(config: object): Promise<string> {
  return await secretFile("curfew.yaml", JSON.stringify(config));
}

async function problems(sources: ConfigSources): Promise<readonly string[]> {
  const error = await loadConfig(sources).catch((reason: unknown) => reason);
  expect(error).toBeInstanceOf(ConfigError);
  return (error as ConfigError).problems;
}

test("each secret option takes its value from a file, without the newline at the end", async () => {
  const url = "redis://curfew:password@10.0.0.5:6379/0";
  const database = "mysql+pymysql://nova:password@10.0.0.6/nova";
  const sha256 = "ab".repeat(32);
  const file = await configFile({
    key_password_file: await secretFile("key", "a pass phrase \r\n"),
    cert: "/etc/curfew/cert.pem",
    access: { basic_auth_file: await secretFile("basic", "user:p\n") },
    vnc: { vencrypt_password_file: await secretFile("vnc", "\u{feff}geheim\u{e9}\n") },
    admin: {
      key: null,
      key_file: await secretFile("admin", KEY),
      keys: [{ name: "a", sha256_file: await secretFile("hash", `${sha256}\n`), rights: ["read"] }],
    },
    tokens: {
      sources: [
        { type: "redis", url_file: await secretFile("redis", `${url}\n`) },
        { type: "http", url: "https://tokens.example/", bearer_token_file: await secretFile("bearer", KEY) },
        { type: "nova", database_file: await secretFile("nova", `${database}\n`), api_database_file: null },
      ],
    },
  });
  const config = await loadConfig({ file });
  expect([config.key_password, config.access.basic_auth, config.vnc.vencrypt_password, config.admin]).toMatchObject([
    "a pass phrase ",
    "user:p",
    "geheim\u{e9}",
    { key: KEY, keys: [{ sha256 }] },
  ]);
  expect(config.tokens.sources).toMatchObject([{ url }, { bearer_token: KEY }, { database, api_database: null }]);
  expect(JSON.stringify(showConfig(config))).not.toMatch(/:password|phrase|user:p|geheim|shown|abab/);
  // nova.conf and websockify's command line are combined with this.
  expect(valueAt(await readWritten({ file }), "admin.key")).toBe(KEY);
});

test("a variable that ends with _FILE names a file, and later sources override earlier ones", async () => {
  const first = await secretFile("first", "the-first-key-of-all");
  const second = await secretFile("second", "the-second-key-of-all\n");
  const key = async (sources: ConfigSources): Promise<unknown> => (await loadConfig(sources)).admin.key;
  const env = { CURFEW_ADMIN_KEY_FILE: second };
  expect(await key({ env })).toBe("the-second-key-of-all");
  expect(await key({ env, file: await configFile({ admin: { key_file: first } }) })).toBe("the-second-key-of-all");
  expect(await key({ env, file: await configFile({ admin: { key: KEY } }) })).toBe("the-second-key-of-all");
  // What is overridden is not read.
  const missing = await configFile({ admin: { key_file: "/nonexistent/key" } });
  expect(await key({ env: { CURFEW_ADMIN_KEY: KEY }, file: missing })).toBe(KEY);
  expect(secretVariables()).not.toContain("CURFEW_ADMIN_KEY_FILE");
  expect(await problems({ env: { ...env, CURFEW_ADMIN_KEY: KEY } })).toEqual([
    "CURFEW_ADMIN_KEY_FILE: admin.key_file: expected only one of admin.key and this",
  ]);
  expect(await problems({ env: { CURFEW_ADMIN_KEY_FILES: second } })).toEqual([
    "CURFEW_ADMIN_KEY_FILES: there is no option of this name; did you mean CURFEW_ADMIN_KEY_FILE?",
  ]);
});

test("a credential of systemd is named without its folder", async () => {
  await secretFile("admin.key", `${KEY}\n`);
  const env = { CURFEW_ADMIN_KEY_FILE: "credential:admin.key", CREDENTIALS_DIRECTORY: folder };
  expect((await loadConfig({ env })).admin.key).toBe(KEY);
  expect(await problems({ env: { ...env, CURFEW_ADMIN_KEY_FILE: "credential:other" } })).toEqual([
    `CURFEW_ADMIN_KEY_FILE: admin.key_file: ${folder}/other does not exist`,
  ]);
});

test("a check accepts every credential that only the service can read, and refuses what it can see is wrong", async () => {
  const name = "credential:one";
  const file = await configFile({
    key_password_file: name,
    cert: "/etc/curfew/cert.pem",
    access: { basic_auth_file: name },
    vnc: { vencrypt_password_file: name },
    admin: { key_file: name, keys: [{ name: "a", sha256_file: name, rights: ["read"] }] },
    cluster: { store_file: name },
    tokens: {
      sources: [
        { type: "redis", url_file: name },
        { type: "http", url: "https://tokens.example/", bearer_token_file: name },
        { type: "nova", database_file: name, api_database_file: name, transport_url_file: name },
      ],
    },
  });
  const check = { file, needsCredentials: false };
  expect(JSON.stringify(await loadConfig(check))).not.toContain(name);
  // For the commands of ExecReload=, systemd 252 names a folder that they cannot enter.
  await loadConfig({ ...check, env: { CREDENTIALS_DIRECTORY: "/nonexistent" } });
  expect(await problems({ ...check, env: { CREDENTIALS_DIRECTORY: folder } })).toContain(
    `admin.key_file: ${folder}/one does not exist`,
  );
  expect(await problems({ ...check, env: { CURFEW_ADMIN_KEY: "short" } })).toEqual([
    expect.stringMatching(/^CURFEW_ADMIN_KEY: admin\.key: expected 16/),
  ]);
  expect(await problems({ file })).toHaveLength(11);
  const peers = await configFile({ cluster: { peers: [{ url: "https://b.example:6081", key_file: name }] } });
  await loadConfig({ ...check, file: peers });
});

test("a file that cannot be used is refused with its name, and never quoted", async () => {
  const outcome = async (content: string | Uint8Array): Promise<string> => {
    const file = await secretFile("secret", content);
    const [problem = "", ...more] = await problems({ env: { CURFEW_ADMIN_KEY_FILE: file } });
    expect(more).toEqual([]);
    return problem.replace(`CURFEW_ADMIN_KEY_FILE: admin.key_file: ${file} `, "");
  };
  expect(await outcome("")).toBe("is empty");
  expect(await outcome("\n")).toBe("is empty");
  expect(await outcome(Buffer.from("ff00fe41", "hex"))).toBe("is no text in UTF-8");
  const lines = "has several lines or control characters: expected one line of text";
  expect(await outcome("key-that-is-long-enough\n\n")).toBe(lines);
  expect(await outcome("key-that-is\0-long-enough")).toBe(lines);
  expect(await outcome("short")).toBe("holds a wrong value: expected 16 to 256 ASCII characters without spaces");
  expect(await outcome("k".repeat(64 * 1024))).toMatch(/^holds a wrong value/);
  expect(await outcome("k".repeat(64 * 1024 + 1))).toBe("is larger than 64 KiB");
});

test("a FIFO is refused without waiting for what may be written to it", async () => {
  const file = join(folder, "fifo");
  execFileSync("mkfifo", [file]);
  expect(await problems({ env: { CURFEW_ADMIN_KEY_FILE: file } })).toEqual([
    expect.stringContaining("is no regular file"),
  ]);
});

test("a file that every user can read or change is said", async () => {
  const said = async (mode: number): Promise<readonly string[]> => {
    const warnings: string[] = [];
    const env = { CURFEW_ADMIN_KEY_FILE: await secretFile("secret", KEY, mode) };
    await loadConfig({ env, warn: (line) => warnings.push(line) });
    return warnings;
  };
  const warning = `CURFEW_ADMIN_KEY_FILE: admin.key_file: every user can read or change ${join(folder, "secret")}`;
  expect([await said(0o400), await said(0o640), await said(0o604), await said(0o622)]).toEqual([
    [],
    [],
    [warning],
    [warning],
  ]);
});

test("a command that needs one group reads no secret of another", async () => {
  const file = await configFile({
    admin: { key_file: "/nonexistent/key" },
    tokens: { sources: [{ type: "redis", url_file: "credential:redis" }] },
    audit: { path: "/var/log/curfew/audit.jsonl" },
  });
  expect((await loadConfig({ file, only: "audit" })).audit.path).toBe("/var/log/curfew/audit.jsonl");
  expect(await problems({ file, only: "admin" })).toEqual(["admin.key_file: /nonexistent/key does not exist"]);
});

test("the document lists the options that may be read from files", () => {
  const document = readFileSync(new URL("../../../../docs/configuration.md", import.meta.url), "utf8");
  const section = /^## Secrets\n(.*?)^## /ms.exec(document)?.[1] ?? "";
  const named = [...section.matchAll(/^\| `([\w.]+_file)`/gm)].map(([, path]) => path);
  const secretsOf = (options: ReturnType<typeof describeOptions>): readonly string[] =>
    options.filter(({ isText, isSecret }) => isText && isSecret).map(({ path }) => `${path}_file`);
  const ofSources = Object.values(describeTokenSources()).flatMap(secretsOf);
  expect(named).toEqual([...secretsOf(describeOptions()), "key_file", "sha256_file", ...ofSources]);
});
