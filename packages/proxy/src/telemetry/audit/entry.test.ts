import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { EndError } from "../../end-reason.ts";
import type { GatewayEvent } from "../events.ts";
import type { GrantInfo, SessionInfo } from "../session-info.ts";
import { AUDIT_EVENTS, AUDIT_FIELDS, type AuditEntry, type AuditFields, STAMP } from "./entry.ts";
import { entryOf } from "./entry-of.ts";

const document = readFileSync(new URL("../../../../../docs/audit.md", import.meta.url), "utf8");

/** The cells of the rows of a table whose first cell is one of these names. */
function rows(names: readonly string[]): readonly (readonly string[])[] {
  const cells = document
    .split("\n")
    .filter((line) => line.startsWith("| `"))
    .map((line) => line.split(" | ").map((cell) => cell.replaceAll(/^\| | *\|?$/g, "").trim()));
  return cells.filter(([name = ""]) => names.includes(name.replaceAll("`", "")));
}

const list = (names: readonly string[]): string => names.map((name) => `\`${name}\``).join(", ") || "none";

test("the document has every event with its fields and its meaning, in the same order", () => {
  expect(rows(Object.keys(AUDIT_EVENTS))).toEqual(
    Object.entries(AUDIT_EVENTS).map(([name, { always, optional, meaning }]) => [
      `\`${name}\``,
      list(always),
      list(optional),
      meaning,
    ]),
  );
});

test("the document has every field with its type and its meaning, in the same order", () => {
  expect(rows(Object.keys(AUDIT_FIELDS))).toEqual(
    Object.entries(AUDIT_FIELDS).map(([name, { type, meaning }]) => [`\`${name}\``, type, meaning]),
  );
});

const grant: GrantInfo = {
  tokenId: "t-1",
  type: "vnc",
  endpoint: { type: "tcp", host: "10.0.0.5", port: 5901 },
  instance: "vm-1",
  user: "alice",
  access: "control",
  expiresAt: 1_800_000_000_000,
};
const session: SessionInfo = {
  id: "s-1",
  clientAddress: "198.51.100.7",
  clientCertificate: "CN=alice",
  grant,
  bytes: { toClient: 5, toTarget: 3 },
  expiresAt: 1_800_000_000_000,
  ageMs: 1234.5678,
};
const actor = { name: "admin", address: "192.0.2.1" };
const lock = { subject: "user", value: "alice", message: "closed" };
const selection = { by: "instance", instance: "vm-1" };
const error = new EndError("token_invalid", "the token is not valid");

/** One of each. */
const events: { readonly [Type in GatewayEvent["type"]]: Extract<GatewayEvent, { readonly type: Type }> } = {
  session_requested: { type: "session_requested", session },
  renewal_requested: { type: "renewal_requested", session, grant: { ...grant, tokenId: "t-2" } },
  token_requested: { type: "token_requested", actor, token: { type: "vnc", endpoint: grant.endpoint, user: "alice" } },
  revocation_requested: { type: "revocation_requested", actor, tokenId: "t-1" },
  end_requested: { type: "end_requested", actor, selection },
  extension_requested: { type: "extension_requested", actor, sessionId: "s-1", expiresAt: grant.expiresAt ?? 0 },
  session_extended: { type: "session_extended", actor, sessionId: "s-1", expiresAt: grant.expiresAt ?? 0 },
  lock_requested: { type: "lock_requested", actor, lock },
  lift_requested: { type: "lift_requested", actor, lockId: "l-1" },
  session_opened: { type: "session_opened", session, handshakeMs: 12.34567 },
  session_renewed: { type: "session_renewed", session },
  session_recorded: { type: "session_recorded", session },
  renewal_refused: { type: "renewal_refused", session, error },
  renewals_limited: { type: "renewals_limited", session, count: 4 },
  revalidation_failed: { type: "revalidation_failed", name: "nova", error, isFirst: true },
  revalidation_restored: { type: "revalidation_restored", name: "nova" },
  session_outlived: { type: "session_outlived", session },
  channel_failed: { type: "channel_failed", session, error },
  takeover_answered: { type: "takeover_answered", session, by: "s-2", user: "bob", answer: "allowed" },
  session_ended: {
    type: "session_ended",
    session,
    end: { reason: "session_expired", detail: "over", lateMs: 0.12345 },
  },
  limit_reached: { type: "limit_reached", limit: "max", sessionId: "s-1" },
  upgrade_refused: { type: "upgrade_refused", fault: "key", message: "no key", clientAddress: "192.0.2.2" },
  connection_refused: { type: "connection_refused", reason: "descriptors", limit: 8, clientAddress: "192.0.2.2" },
  worker_lost: { type: "worker_lost", worker: 42, how: "SIGKILL" },
  token_issued: { type: "token_issued", actor, token: grant },
  token_revoked: { type: "token_revoked", actor, tokenId: "t-1", sessions: 1 },
  locked: { type: "locked", actor, lock, sessions: 1 },
  lifted: { type: "lifted", actor, lock },
  sessions_ended: { type: "sessions_ended", actor, selection, sessions: 2 },
  admin_called: { type: "admin_called", actor, method: "GET", path: `/v1/${"x".repeat(20_000)}`, status: 200 },
  admin_refused: { type: "admin_refused", clientAddress: "192.0.2.2", status: 401 },
};

/** What a field may not be. */
function wrongType(name: keyof AuditFields, value: unknown): boolean {
  const { type } = AUDIT_FIELDS[name];
  if (type === "integer") return !Number.isInteger(value);
  if (type === "time") return typeof value !== "string" || new Date(value).toISOString() !== value;
  return typeof value !== type;
}

/** What a line has against what is documented: fields that are missing, not documented, or of another type. */
function faults({ event, ...fields }: AuditEntry): readonly string[] {
  const written = JSON.parse(JSON.stringify(fields)) as AuditFields;
  const { always, optional } = AUDIT_EVENTS[event];
  const names = Object.keys(written) as (keyof AuditFields)[];
  return [
    ...always.filter((name) => written[name] === undefined),
    ...names.filter((name) => ![...always, ...optional].includes(name)),
    ...names.filter((name) => wrongType(name, written[name])),
  ];
}

/** What concerns the gateway's own checks only. */
const isUnwritten = ({ type }: GatewayEvent): boolean => type.startsWith("revalidation");

test.each(Object.values(events).filter((event) => !isUnwritten(event)))("$type is written as documented", (event) => {
  const entry = entryOf(event);
  expect(entry?.event).toBe(event.type);
  expect(entry && faults(entry)).toEqual([]);
});

test("what concerns the gateway's own checks only is not written", () => {
  expect(Object.values(events).filter(isUnwritten).map(entryOf)).toEqual([undefined, undefined]);
});

test("a session without a grant has no fields of one, and one without an end no expiry", () => {
  const ended = { ...events.session_ended, session: { ...session, grant: undefined, expiresAt: null } };
  const { always } = AUDIT_EVENTS.session_ended;
  expect(Object.keys(JSON.parse(JSON.stringify(entryOf(ended))) as object).toSorted()).toEqual(
    [...always, "event", "certificate", "detail", "late_ms"].toSorted(),
  );
});

test("a path is bounded, and no event has a field of the stamp", () => {
  expect(entryOf(events.admin_called)?.path).toHaveLength(500);
  const named = Object.values(AUDIT_EVENTS).flatMap(({ always, optional }) => [...always, ...optional]);
  expect(named.filter((name) => STAMP.includes(name))).toEqual([]);
});
