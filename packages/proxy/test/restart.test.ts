import { freePort } from "@curfew/testing/real";
import { type ByteServer, startByteServer } from "@curfew/testing";
import { appendFile, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { Client } from "./support/client.ts";
import { run } from "./support/command.ts";
import { WorkerGateway } from "./support/worker-gateway.ts";
import { TestFolder } from "./support/folder.ts";

let target: ByteServer;
beforeAll(async () => {
  target = await startByteServer({ mode: "echo" });
});
afterAll(() => target.close());

/** A gateway whose store, audit trail and port are the same after a restart. */
async function gatewayIn(folder: string, port: number, workers: number): Promise<WorkerGateway> {
  const options = {
    AUDIT_PATH: join(folder, "audit.jsonl"),
    AUDIT_REQUIRED: "true",
    TOKENS_PATH: join(folder, "tokens.db"),
    TOKENS_SOURCES: JSON.stringify([{ type: "file", path: join(folder, "tokens"), console_type: "serial" }]),
  };
  return await WorkerGateway.start(options, { workers, listen: `127.0.0.1:${port}` });
}

interface Issued {
  readonly id: string;
  readonly token: string;
  readonly expires_at: string;
}

/** How a client of a token fares: `hello`, or the reason that it is refused for. */
async function outcome(gateway: WorkerGateway, token: string): Promise<string> {
  using client = new Client(gateway.host, token);
  return await client.message("hello").then(
    () => "hello",
    async () => (await client.closed).reason,
  );
}

test.each([1, 2])(
  "with %i workers, SIGKILL costs the sessions, and neither a token nor a line of the audit trail",
  async (workers) => {
    await using folder = await TestFolder.create();
    const audit = join(folder.path, "audit.jsonl");
    const port = await freePort();
    await writeFile(join(folder.path, "tokens"), `from-a-file: ${target.address}\n`);
    const issued: Record<string, Issued> = {};
    const sessions: string[] = [];
    let firstUse: number;
    {
      await using gateway = await gatewayIn(folder.path, port, workers);
      const issue = async (name: string, more: object = {}): Promise<Issued> =>
        (issued[name] = await gateway.admin("POST", "/v1/tokens", {
          type: "serial",
          target: target.address,
          instance: name,
          ...more,
        }));
      for (const name of ["again", "revoked", "unused"]) await issue(name);
      for (const name of ["used once", "to be used"]) await issue(name, { single_use: true });
      await gateway.admin("DELETE", `/v1/tokens/${issued["revoked"]?.id}`);
      await gateway.admin("POST", "/v1/locks", { user: "mallory" });
      for (const token of [issued["again"], issued["used once"], { token: "from-a-file" }]) {
        const client = new Client(gateway.host, token?.token);
        sessions.push((await client.message("hello")).session);
      }
      firstUse = await expiry(gateway, "from-a-file");
      for (const pid of [...gateway.workers(), gateway.command.process.pid ?? 0]) process.kill(pid, "SIGKILL");
      await gateway.command.exited;
    }
    const before = await readFile(audit, "utf8");
    expect(before.endsWith("\n")).toBe(true);
    await appendFile(audit, '{"seq":99,"time":"2026-1');

    await using gateway = await gatewayIn(folder.path, port, workers);
    const { tokens } = await gateway.admin<{ tokens: Issued[] }>("GET", "/v1/tokens");
    const listed = Object.fromEntries(tokens.map(({ id, expires_at: expiresAt }) => [id, expiresAt]));
    expect(tokens).toHaveLength(4);
    for (const name of ["again", "unused", "used once", "to be used"]) {
      expect(listed[issued[name]?.id ?? ""]).toBe(issued[name]?.expires_at);
    }
    expect(await gateway.admin("GET", "/v1/sessions")).toMatchObject({ sessions: [] });
    expect(await gateway.admin("GET", "/v1/locks")).toMatchObject({ locks: [{ value: "mallory" }] });
    const fares = async (name: string): Promise<string> => await outcome(gateway, issued[name]?.token ?? "");
    expect([await fares("revoked"), await fares("used once")]).toEqual(["token_invalid", "token_invalid"]);
    expect([await fares("to be used"), await fares("to be used")]).toEqual(["hello", "token_invalid"]);
    expect(await expiry(gateway, "from-a-file")).toBe(firstUse);
    using client = new Client(gateway.host, issued["again"]?.token);
    await client.message("hello");
    await expect
      .poll(async () => (await gateway.admin<{ sessions: object[] }>("GET", "/v1/sessions")).sessions)
      .toMatchObject([{ id: (await client.message("hello")).session, instance: "again" }]);

    const lines = (await readFile(audit, "utf8")).split("\n").filter((line) => line !== "");
    const torn = lines.filter((line) => !line.endsWith("}"));
    expect(torn).toEqual(['{"seq":99,"time":"2026-1']);
    const whole = lines.filter((line) => line.endsWith("}")).map((line) => JSON.parse(line) as object);
    expect(whole.length).toBe(lines.length - 1);
    const told = await run(["audit", "--path", audit, "--json"]);
    expect(told.stderr).toBe("curfew: warning: left out 1 line that cannot be read\n");
    const visits = JSON.parse(told.stdout) as readonly { session: string; end: string | null; detail: string }[];
    for (const id of sessions) {
      const found = visits.filter(({ session }) => session === id);
      expect(found).toMatchObject([{ end: "unknown", detail: expect.stringContaining("killed or has crashed") }]);
    }
    expect(visits.filter(({ end }) => end === null)).toMatchObject([
      { session: (await client.message("hello")).session },
    ]);
  },
);

/** When the sessions of a token end, in milliseconds since the epoch. */
async function expiry(gateway: WorkerGateway, token: string): Promise<number> {
  using client = new Client(gateway.host, token);
  const { session } = await client.message("hello");
  const { expires_at: at } = await gateway.admin<{ expires_at: string }>("GET", `/v1/sessions/${session}`);
  return Date.parse(at);
}
