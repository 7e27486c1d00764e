import { chmod, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { expect, test } from "vitest";
import { run } from "./support/command.ts";
import { TestFolder } from "./support/folder.ts";

const KEY = "key-that-is-not-shown";

test("config check names everything that is wrong, and says when nothing is", async () => {
  await using folder = await TestFolder.create();
  const file = join(folder.path, "curfew.yaml");
  await writeFile(file, `workers: 0\nsession: { max: 1 }\nadmin: { key: ${KEY} }\n`);
  const wrong = await run(["config", "check", "--config", file], { CURFEW_LOG_LEVEL: "loud" });
  expect(wrong).toMatchObject({ code: 1, stdout: "" });
  expect(wrong.stderr.trimEnd().split("\n").toSorted()).toEqual([
    '  CURFEW_LOG_LEVEL: log.level: expected one of trace, debug, info, warn, error, silent, but got "loud"',
    "  session: there is no such option; did you mean sessions?",
    "  workers: expected a whole number of 1 or more, but got 0",
    "curfew: the configuration is wrong:",
  ]);
  await writeFile(file, `workers: 2\nadmin: { key: ${KEY} }\n`);
  expect(await run(["config", "check", "--config", file])).toEqual({
    code: 0,
    stdout: "the configuration is valid\n",
    stderr: "",
  });
});

test("config check warns of files that cannot be read, in lists and groups, too", async () => {
  const peers = [{ url: "https://192.0.2.12:6081", key: "0123456789abcdef", ca: "/nonexistent/ca.pem" }];
  const sources = [{ type: "jwt", key_file: "/nonexistent/key.pem" }];
  const { code, stdout, stderr } = await run(["config", "check"], {
    CURFEW_CERT: "/nonexistent/cert.pem",
    CURFEW_CLUSTER_PEERS: JSON.stringify(peers),
    CURFEW_TOKENS_SOURCES: JSON.stringify(sources),
    CURFEW_TARGETS_TLS_CA_CERTS: new URL(import.meta.url).pathname,
  });
  expect([code, stdout, stderr.trimEnd().split("\n")]).toEqual([
    0,
    "the configuration is valid\n",
    [
      "curfew: warning: cert: /nonexistent/cert.pem cannot be read: ENOENT",
      "curfew: warning: tokens.sources.0.key_file: /nonexistent/key.pem cannot be read: ENOENT",
      "curfew: warning: cluster.peers.0.ca: /nonexistent/ca.pem cannot be read: ENOENT",
    ],
  ]);
});

test("config check warns of places where nothing can be written, and not of those that the gateway makes", async () => {
  await using folder = await TestFolder.create();
  const file = join(folder.path, "file");
  await writeFile(file, "");
  const check = async (env: Record<string, string>): Promise<readonly string[]> => {
    const { code, stderr } = await run(["config", "check"], { CURFEW_TOKENS_PATH: ":memory:", ...env });
    expect(code).toBe(0);
    return stderr.split("\n").filter((line) => line !== "");
  };
  const missing = join(folder.path, "missing");
  const expected = "expected a folder in which files can be made, but";
  expect(
    await check({
      CURFEW_AUDIT_PATH: join(missing, "audit.jsonl"),
      CURFEW_RECORD: join(file, "session"),
      CURFEW_LOG_FILE: folder.path,
      CURFEW_TOKENS_PATH: join(file, "deep", "tokens.db"),
      CURFEW_ADMIN_SOCKET: join(missing, "admin.sock"),
    }),
  ).toEqual([
    `curfew: warning: record: ${expected} ${file} is no folder`,
    expect.stringContaining(`curfew: warning: tokens.path: ${expected} ${join(file, "deep")} cannot be looked at`),
    `curfew: warning: admin.socket: ${expected} ${missing} does not exist`,
    `curfew: warning: audit.path: ${expected} ${missing} does not exist`,
    `curfew: warning: log.file: expected a file, but ${folder.path} is a folder`,
  ]);
  const usable = { CURFEW_AUDIT_PATH: file, CURFEW_TOKENS_PATH: join(missing, "deep", "tokens.db") };
  expect(await check({ ...usable, CURFEW_RECORD: join(folder.path, "session") })).toEqual([]);
  expect(await check({ CURFEW_AUDIT_PATH: "-" })).toEqual([]);
  expect(await check({ CURFEW_AUDIT_PATH: "syslog://127.0.0.1:601" })).toEqual([]);
  // Root may write everywhere.
  if (process.getuid?.() === 0) return;
  await chmod(folder.path, 0o500);
  expect(await check({ CURFEW_LOG_FILE: join(folder.path, "new") })).toEqual([
    `curfew: warning: log.file: ${expected} this user (id ${process.getuid?.()}) may not write to ${folder.path}`,
  ]);
  await chmod(folder.path, 0o700);
});

test("config check warns of a limit that never applies", async () => {
  const env = { CURFEW_SESSIONS_MAX: "2", CURFEW_SESSIONS_MAX_PER_USER: "5" };
  const { code, stderr } = await run(["config", "check"], env);
  expect([code, stderr]).toEqual([0, expect.stringMatching(/^curfew: warning: .*sessions\.max_per_user/)]);
});

test("config show prints a configuration without its secrets, which config check accepts", async () => {
  await using folder = await TestFolder.create();
  const env = { CURFEW_ADMIN_KEY: KEY, CURFEW_LISTEN: "[::1]:7000", CURFEW_TOKENS_PATH: ":memory:" };
  const shown = await run(["config", "show"], env);
  expect(shown).toMatchObject({ code: 0, stderr: "" });
  expect(shown.stdout).toContain('listen: "[::1]:7000"\n');
  expect(shown.stdout).toContain('  key: "[hidden]"\n');
  expect(shown.stdout).not.toContain(KEY);
  const file = join(folder.path, "curfew.yaml");
  await writeFile(file, shown.stdout.replace("[hidden]", KEY));
  expect((await run(["config", "show", "--config", file])).stdout).toBe(shown.stdout);
  const json = JSON.parse((await run(["config", "show", "--json"], env)).stdout) as { listen: string };
  expect(json.listen).toBe("[::1]:7000");
});

test("config schema prints the committed schema", async () => {
  const committed = await readFile(new URL("../../../docs/curfew.schema.json", import.meta.url), "utf8");
  const { stdout } = await run(["config", "schema"]);
  expect(JSON.parse(stdout)).toEqual(JSON.parse(committed));
});

test("the document lists the flags of audit, and no others", async () => {
  const document = await readFile(new URL("../../../docs/audit.md", import.meta.url), "utf8");
  const source = await readFile(new URL("../src/cli/audit.ts", import.meta.url), "utf8");
  const flags = [...source.matchAll(/\.option\(\s*"(--\w+)/g)].map(([, flag]) => flag);
  expect(flags).toHaveLength(8);
  expect([...document.matchAll(/^\| `(--\w+)`/gm)].map(([, flag]) => flag)).toEqual(flags);
});

test("audit reads the trails of several gateways, of which one ends what runs at another", async () => {
  await using folder = await TestFolder.create();
  const [one, two] = [join(folder.path, "one.jsonl"), join(folder.path, "two.jsonl")];
  const session = { session: "s-1", token_id: "t-1", user: "alice" };
  const lines = [
    { time: "2026-11-01T12:00:01.000Z", event: "session_opened", ...session },
    { time: "2026-11-01T12:00:03.000Z", event: "session_ended", ...session, reason: "session_terminated" },
  ];
  await writeFile(one, lines.map((line) => `${JSON.stringify(line)}\n`).join(""));
  const order = { time: "2026-11-01T12:00:02.000Z", event: "revocation_requested", token_id: "t-1", actor: "ops" };
  await writeFile(two, `${JSON.stringify(order)}\n`);
  const { stdout } = await run(["audit", "--path", one, "--path", two, "--json"]);
  expect(JSON.parse(stdout)).toMatchObject([{ session: "s-1", ended_by: "ops" }]);
  const missing = await run(["audit", "--path", one, "--path", join(folder.path, "none.jsonl")]);
  expect([missing.code, missing.stderr]).toEqual([1, expect.stringContaining("none.jsonl cannot be read")]);
});

test("audit prints a row for each session, and says which lines it cannot read", async () => {
  await using folder = await TestFolder.create();
  const file = join(folder.path, "audit.jsonl");
  const session = { session: "s-1", user: "alice\u009b2J", instance: "vm-1", client: "192.0.2.1", type: "vnc" };
  const lines = [
    { time: "2026-11-01T12:00:00.000Z", event: "session_requested", ...session },
    { time: "2026-11-01T12:00:01.000Z", event: "session_opened", ...session },
    { time: "2026-11-01T12:30:00.000Z", event: "session_ended", ...session, reason: "session_expired" },
  ];
  await writeFile(file, `${lines.map((line) => JSON.stringify(line)).join("\n")}\n{"cut`);
  const { code, stdout, stderr } = await run(["audit"], { CURFEW_AUDIT_PATH: file });
  const [heading, row, ...more] = stdout.trimEnd().split("\n");
  expect(heading).toMatch(/^REQUESTED AT +OPENED AT +ENDED AT +USER +INSTANCE +TYPE +CLIENT +END +ENDED BY +SESSION$/);
  expect(row?.split(/ {2,}/)).toEqual([
    ...lines.map(({ time }) => time),
    String.raw`alice\u009b2J`,
    "vm-1",
    "vnc",
    "192.0.2.1",
    "session_expired",
    "-",
    "s-1",
  ]);
  expect([code, more, stderr]).toEqual([0, [], "curfew: warning: left out 1 line that cannot be read\n"]);
  expect((await run(["audit", "--path", file, "--until", "2026-11-01"])).stdout.trimEnd().split("\n")).toHaveLength(1);
  for (const since of ["yesterday", "2026-02-30", "2026-02-30T12:00Z", "2026-11-31T00:00:00+01:00"]) {
    expect((await run(["audit", "--path", file, "--since", since])).stderr).toContain("expected a time such as");
  }
  // A full disk, or a stop, while it was packed.
  const packed = gzipSync(`${JSON.stringify({ ...lines[0], session: "s-0" })}\n${"x".repeat(1000)}\n`);
  await writeFile(`${file}.1.gz`, packed.subarray(0, -9));
  const { stdout: rows, stderr: warnings } = await run(["audit", "--path", file]);
  expect(rows.trimEnd().split("\n")).toHaveLength(3);
  expect(warnings).toContain(`curfew: warning: left out the rest of ${file}.1.gz: unexpected end of file\n`);
  expect((await run(["audit"])).stderr).toContain("expected audit.path in --config, CURFEW_AUDIT_PATH or --path");
});
