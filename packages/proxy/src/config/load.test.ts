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
    expect(message).toContain("log.0: there is no such option");
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

  test("a wrong value in a variable names the option", async () => {
    expect(await refusal({ env: { CURFEW_CONSOLEAUTH_TOKEN_TTL: "soon" } })).toContain("consoleauth.token_ttl");
    expect(await refusal({ env: { CURFEW_TARGETS_ALLOW: "[" } })).toContain("CURFEW_TARGETS_ALLOW");
  });
});

describe("variables that are no options", () => {
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
