import { expect, test } from "vitest";
import { createLogger } from "../log.ts";
import type { SessionInfo } from "../session-info.ts";
import { Audit } from "./audit.ts";
import type { AuditTarget } from "./target.ts";

/** Keeps what is written, and is full while `isFull`. */
class Memory implements AuditTarget {
  readonly atOnce = 64 * 1024;
  text = "";
  isFull = false;

  get lines(): readonly Record<string, unknown>[] {
    return this.text
      .trimEnd()
      .split("\n")
      .map((line) => JSON.parse(line) as Record<string, unknown>);
  }

  async prepare(): Promise<void> {}

  async write(bytes: Buffer, offset: number): Promise<number> {
    if (this.isFull) throw Object.assign(new Error("no space left"), { code: "ENOSPC" });
    this.text += bytes.subarray(offset).toString();
    return bytes.length - offset;
  }

  async sync(): Promise<void> {}
  async close(): Promise<void> {}
}

const logged: Record<string, unknown>[] = [];
const log = createLogger("info", { write: (line) => void logged.push(JSON.parse(line) as Record<string, unknown>) });

const session: SessionInfo = {
  id: "s-1",
  clientAddress: "192.0.2.1",
  grant: undefined,
  bytes: { toClient: 0, toTarget: 0 },
  expiresAt: null,
  ageMs: 1,
};

const GATEWAY = { listen: "127.0.0.1:6080", id: undefined };

test("every line has its time, its run and the process, between the start and the stop", async () => {
  const target = new Memory();
  const audit = new Audit({ path: "audit", required: false }, GATEWAY, log, { target });
  expect(audit.before).toBeUndefined();
  await audit.open();
  audit.notify({ type: "session_requested", session });
  await audit.close(true);
  expect(target.lines[0]).toMatchObject({ gateway: target.lines[0]?.["run"], listen: "127.0.0.1:6080" });
  expect(target.lines.map(({ event, seq }) => [event, seq])).toEqual([
    ["gateway_started", 1],
    ["session_requested", 2],
    ["gateway_stopped", 3],
  ]);
  for (const line of target.lines) {
    expect(line).toMatchObject({ run: target.lines[0]?.["run"], pid: process.pid });
    expect(line["time"]).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/);
  }
});

test("where it is required, what is about to happen is written once, and refused if it cannot be", async () => {
  const target = new Memory();
  const audit = new Audit({ path: "audit", required: true }, GATEWAY, log, { target });
  const event = { type: "session_requested", session } as const;
  await audit.before?.(event);
  audit.notify(event);
  target.isFull = true;
  await expect(audit.before?.(event)).rejects.toThrow("no space left");
  await expect(audit.health()).rejects.toThrow("no space left");
  target.isFull = false;
  await expect.poll(() => logged.length).toBe(2);
  await audit.health();
  await audit.close(true);
  expect(target.lines.map(({ event: name }) => name)).toEqual([
    "session_requested",
    "audit_resumed",
    "gateway_stopped",
  ]);
  expect(logged.map(({ level, msg }) => [level, msg])).toEqual([
    ["error", "the audit trail cannot be written"],
    ["warn", "the audit trail is written again"],
  ]);
});

test("a full disk keeps a gateway from starting only where the trail is required", async () => {
  const target = new Memory();
  target.isFull = true;
  const required = new Audit({ path: "/var/log/audit", required: true }, GATEWAY, log, { target });
  await expect(required.open()).rejects.toThrow("audit.path: /var/log/audit cannot be written: no space left");
  await expect(new Audit({ path: "audit", required: false }, GATEWAY, log, { target }).open()).resolves.toBeUndefined();
});

test("a flood of refusals that anyone can cause is counted, for each cause, and no session is hidden by it", async () => {
  const target = new Memory();
  const audit = new Audit({ path: "audit", required: false }, GATEWAY, log, { target, singleRefusals: 3 });
  for (let count = 0; count < 1000; count += 1) {
    audit.notify({ type: "session_ended", session, end: { reason: "token_invalid" } });
    audit.notify({ type: "upgrade_refused", fault: "key", message: "no key", clientAddress: "192.0.2.2" });
    audit.notify({ type: "connection_refused", reason: "descriptors", limit: 8, clientAddress: "192.0.2.2" });
    audit.notify({ type: "admin_refused", clientAddress: "192.0.2.2", status: 401 });
  }
  audit.notify({ type: "session_requested", session });
  await audit.close(true);
  const lines = Map.groupBy(target.lines, ({ event }) => event);
  for (const event of ["session_ended", "upgrade_refused", "connection_refused", "admin_refused"]) {
    expect([event, lines.get(event)?.map(({ more }) => more)]).toEqual([event, [undefined, undefined, undefined, 997]]);
  }
  expect(lines.get("session_requested")).toHaveLength(1);
});

test("names cannot control the terminal in which a trail is read", async () => {
  const target = new Memory();
  const audit = new Audit({ path: "audit", required: false }, GATEWAY, log, { target });
  const actor = { name: "admin", address: "192.0.2.1" };
  const lock = { subject: "user", value: "a\u009b\u202e\u001b[2J" };
  audit.notify({ type: "locked", actor, lock, sessions: 0 });
  await audit.close(true);
  expect(target.text).not.toMatch(/[^\P{C}\n]/u);
  expect(target.lines[0]).toMatchObject({ value: lock.value });
});
