import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { loadConfig, variableName } from "./load.ts";
import { ConfigError, describeOptions } from "./schema.ts";

let folder: string;
beforeEach(async () => void (folder = await mkdtemp(join(tmpdir(), "curfew-config-"))));
afterEach(() => rm(folder, { recursive: true }));

async function yaml(text: string): Promise<string> {
  const file = join(folder, "curfew.yaml");
  await writeFile(file, text);
  return file;
}

async function refusal(sources: Parameters<typeof loadConfig>[0]): Promise<string> {
  const error = await loadConfig(sources).catch((reason: unknown) => reason);
  expect(error).toBeInstanceOf(ConfigError);
  return (error as ConfigError).message;
}

describe("precedence", () => {
  test("flags override the environment, which overrides the file, which overrides defaults", async () => {
    const file = await yaml("listen: 127.0.0.1:1111\nconsoleauth: { token_ttl: 1, enforce_session_timeout: true }\n");
    const env = { CURFEW_LISTEN: "127.0.0.1:2222", CURFEW_CONSOLEAUTH_TOKEN_TTL: "2" };
    const config = await loadConfig({ file, env, flags: { listen: "127.0.0.1:3333" } });
    expect(config.listen.port).toBe(3333);
    expect(config.consoleauth).toEqual({ token_ttl: 2, enforce_session_timeout: true });
    expect(config.admin.listen.port).toBe(6081);
  });

  test("a list is replaced, not joined, and null takes a limit back", async () => {
    const file = await yaml("sessions: { warn_before: [30, 20], max_duration: 60 }\n");
    const env = { CURFEW_SESSIONS_WARN_BEFORE: "[5]", CURFEW_SESSIONS_MAX_DURATION: "null" };
    const { sessions } = await loadConfig({ file, env });
    expect(sessions).toMatchObject({ warn_before: [5], max_duration: null });
  });

  test("every option has a variable of its own", async () => {
    const names = describeOptions().map(({ path }) => variableName(path));
    expect(new Set(names).size).toBe(names.length);
    expect(names).toContain("CURFEW_CONSOLEAUTH_ENFORCE_SESSION_TIMEOUT");
  });

  test("text that is something else in YAML is taken from a variable as it stands", async () => {
    const env = {
      CURFEW_ADMIN_KEY: "0123456789012345",
      CURFEW_TOKENS_PATH: ":memory:",
      CURFEW_LISTEN: "[::1]:6080",
      CURFEW_CONSOLE_CONTACT_URL: "tel:+49 # extension 5",
    };
    const { admin, tokens, listen, console } = await loadConfig({ env });
    expect([admin.key, tokens.path, listen.host]).toEqual(["0123456789012345", ":memory:", "::1"]);
    expect(console.contact_url).toBe("tel:+49 # extension 5");
  });

  test("an empty file and empty groups take all defaults", async () => {
    expect(await loadConfig({ file: await yaml("") })).toEqual(await loadConfig({}));
    expect(await loadConfig({ file: await yaml("sessions:\nadmin:\n") })).toEqual(await loadConfig({}));
  });
});

describe("what is wrong is refused", () => {
  test("a file that cannot be read is named", async () => {
    const file = join(folder, "missing.yaml");
    expect(await refusal({ file })).toContain(file);
  });

  test("a file that is no YAML is named with the line, and a key in it is not repeated", async () => {
    const file = await yaml('listen: 127.0.0.1:0\nadmin:\n  key: "very-secret-key\n');
    const message = await refusal({ file });
    expect(message).toContain(file);
    expect(message).toMatch(/line \d/);
    expect(message).not.toContain("very-secret-key");
  });

  test("a key in the wrong place is not repeated", async () => {
    for (const text of ["admin: very-secret-key", "admin: { key: [very-secret-key] }", "admin: [very-secret-key]"]) {
      expect(await refusal({ file: await yaml(text) })).not.toContain("very-secret-key");
    }
  });

  test("a value where a group belongs is reported, also when flags and variables set something in that group", async () => {
    const file = await yaml("admin: s3cret\nlog: [debug]\n");
    const message = await refusal({
      file,
      env: { CURFEW_LOG_LEVEL: "info" },
      flags: { admin: { listen: "127.0.0.1:1" } },
    });
    expect(message).toContain("admin: expected a group of options");
    expect(message).toContain("log: expected a group of options, but got a list");
    expect(message).not.toContain("s3cret");
  });

  test("a list at the top, or a word, is not a configuration", async () => {
    expect(await refusal({ file: await yaml("- a\n") })).toContain("(top level)");
    expect(await refusal({ file: await yaml("word\n") })).toContain("(top level)");
  });

  test("a list in a variable that is no YAML is named, but not repeated: its entries may hold secrets", async () => {
    const message = await refusal({ env: { CURFEW_TOKENS_SOURCES: "[{ key: very-secret-key" } });
    expect(message).toContain("CURFEW_TOKENS_SOURCES: expected a YAML value");
    expect(message).not.toContain("very-secret-key");
  });

  test.each<[env: Record<string, string>, problem: string]>([
    [{ CURFEW_CONSOLEAUTH_TOKEN_TTL: "soon" }, 'consoleauth.token_ttl: expected a number of seconds, but got "soon"'],
    [{ CURFEW_SESSIONS_WARN_BEFORE: "[0]" }, "sessions.warn_before.0: expected more than 0 seconds, but got 0"],
    [{ CURFEW_KEY: "/key.pem" }, "key: expected cert as well: a private key needs its certificate"],
    [{ CURFEW_TARGETS_ALLOW: "[" }, 'expected a YAML value, but got "["'],
  ])("a wrong value in a variable names the variable and the option: %j", async (env, problem) => {
    expect(await refusal({ env })).toContain(`\n  ${Object.keys(env)[0]}: ${problem}`);
  });

  test("a variable that a flag overrides is not named, nor is one beside a wrong value in the file", async () => {
    const env = { CURFEW_WORKERS: "2", CURFEW_SESSIONS_MAX: "1" };
    const file = await yaml("sessions: { max_per_token: 0 }\n");
    const message = await refusal({ file, env, flags: { workers: 0 } });
    expect(message).toContain("\n  workers: expected a whole number");
    expect(message).toContain("\n  sessions.max_per_token: expected a whole number");
  });

  test("a list where a group or a token source belongs is reported, also an empty one", async () => {
    const expected = "expected a group of options, but got a list";
    for (const text of ["sessions: [1, 2]", "sessions: []"]) {
      expect(await refusal({ file: await yaml(text) })).toContain(`sessions: ${expected}`);
    }
    expect(await refusal({ file: await yaml("nova: { rpc: [] }") })).toContain(`nova.rpc: ${expected}`);
    expect(await refusal({ file: await yaml("tokens: { sources: [[]] }") })).toContain(`tokens.sources.0: ${expected}`);
  });
});

describe("options in the file that are none", () => {
  test.each([
    ["sessions: { max_per_tokens: 3 }", "sessions.max_per_tokens", "sessions.max_per_token"],
    ["sessions: { warn-before: [5] }", "sessions.warn-before", "sessions.warn_before"],
    ["session: { max: 3 }", "session", "sessions"],
    ["enforce_session_timeout: true", "enforce_session_timeout", "consoleauth.enforce_session_timeout"],
    ["nova: { rpc: { ca_bundle: /ca.pem } }", "nova.rpc.ca_bundle", undefined],
    ["nova: { rpc: { ssl_cafile: /ca.pem } }", "nova.rpc.ssl_cafile", "nova.rpc.ssl_ca_file"],
    [
      "tokens: { sources: [{ type: http, url: 'http://host/', timeuot: 3 }] }",
      "tokens.sources.0.timeuot",
      "tokens.sources.0.timeout",
    ],
    ["colour: red", "colour", undefined],
  ])("%s", async (text, path, meant) => {
    const message = await refusal({ file: await yaml(text) });
    const hint = meant === undefined ? "" : `; did you mean ${meant}?`;
    expect(message.split("\n").slice(1)).toEqual([`  ${path}: there is no such option${hint}`]);
  });
});

describe("variables that are no options", () => {
  test.each([
    ["CURFEW_ADMIN", "admin", "CURFEW_ADMIN_LISTEN"],
    ["CURFEW_NOVA_RPC", "nova.rpc", "CURFEW_NOVA_RPC_CONTROL_EXCHANGE"],
    ["curfew_sessions", "sessions", "CURFEW_SESSIONS_WARN_BEFORE"],
  ])("%s is the group %s, and its value is not repeated", async (name, group, member) => {
    const message = await refusal({ env: { [name]: "very-secret-key" } });
    expect(message.split("\n").slice(1)).toEqual([
      `  ${name}: ${group} is a group of options; each has a variable of its own, such as ${member}`,
    ]);
  });

  test.each(["CURFEW_CONSOLEAUTH_ENFORCE_SESION_TIMEOUT", "CURFEW_SESSIONS_WARN"])(
    "%s is refused: a misspelt option must not silently do nothing",
    async (name) => {
      await expect(loadConfig({ env: { [name]: "true" } })).rejects.toThrow(`${name}: there is no option of this name`);
    },
  );

  test.each([
    ["CURFEW_ENFORCE_SESSION_TIMEOUT", "CURFEW_CONSOLEAUTH_ENFORCE_SESSION_TIMEOUT"],
    ["CURFEW_CONSOLE_AUTH_ENFORCE_SESSION_TIMEOUT", "CURFEW_CONSOLEAUTH_ENFORCE_SESSION_TIMEOUT"],
    ["CURFEW_ENFORCE_SESION_TIMEOUT", "CURFEW_CONSOLEAUTH_ENFORCE_SESSION_TIMEOUT"],
    ["CURFEW_CONSOLEAUTH_ENFORCE_SESION_TIMEOUT", "CURFEW_CONSOLEAUTH_ENFORCE_SESSION_TIMEOUT"],
    ["curfew_admin_key", "CURFEW_ADMIN_KEY"],
    ["CURFEW_ADMINKEY", "CURFEW_ADMIN_KEY"],
    ["CURFEW_ADDMIN_KEY", "CURFEW_ADMIN_KEY"],
    ["CURFEW_TOKEN_TTL", "CURFEW_CONSOLEAUTH_TOKEN_TTL"],
    ["CURFEW_TOKEN_PATH", "CURFEW_TOKENS_PATH"],
    ["CURFEW_WORKER", "CURFEW_WORKERS"],
    ["CURFEW_LISTN", "CURFEW_LISTEN"],
    ["CURFEW_LEVEL", "CURFEW_LOG_LEVEL"],
  ])("%s is a near miss of %s", async (name, meant) => {
    await expect(loadConfig({ env: { [name]: "true" } })).rejects.toThrow(
      `${name}: there is no option of this name; did you mean ${meant}?`,
    );
  });

  test.each(["CURFEW_E2E_CONTACT_SHEET", "CURFEW_IMAGE", "CURFEW_VERSION", "CURFEW_HOME", "PATH"])(
    "%s belongs to another program",
    async (name) => {
      await expect(loadConfig({ env: { [name]: "1" } })).resolves.toBeDefined();
    },
  );

  test.each(["CURFEW_PORT", "CURFEW_PORT_6080_TCP", "CURFEW_ADMIN_SERVICE_HOST", "CURFEW_ADMIN_SERVICE_PORT_HTTP"])(
    "%s is Kubernetes' and not looked at",
    async (name) => {
      await expect(loadConfig({ env: { [name]: "tcp://10.0.0.1:80" } })).resolves.toBeDefined();
    },
  );
});

test("groups that are keys of others are refused at once, however deep", async () => {
  const file = await yaml(`${"{".repeat(90)}listen: 127.0.0.1:6080${"}".repeat(90)}`);
  expect(await refusal({ file })).toContain(`${file}: a key is no text at line 1, column 2`);
});
