import { CloseCode, type ServerCloseReason } from "./close.ts";
import { type ClientMessage, MAX_CONTROL_BYTES, type ServerMessage } from "./messages.ts";

/**
 * The outcome of parsing a text frame. `"ignored"` is a well-formed message of a `type` that this
 * version does not know: newer peers may say more than we know. `ok: false` ends the connection
 * with `protocol_error`; `error` says why and never quotes the message, which may hold a token.
 */
export type ParseResult<T> =
  | { readonly ok: true; readonly message: T }
  | { readonly ok: false; readonly error: string }
  | { readonly ok: "ignored" };

type Fields = Readonly<Record<string, unknown>>;

/** Parses a text frame from the gateway. Never throws. */
export function parseServerMessage(text: string): ParseResult<ServerMessage> {
  return parse<ServerMessage>(text, (type, fields) => {
    switch (type) {
      case "hello": {
        const message = {
          type,
          session: string(fields, "session"),
          expiresInMs: durationOrNull(fields, "expiresInMs"),
          renewable: boolean(fields, "renewable"),
        } as const;
        const idleTimeoutMs = optionalDuration(fields, "idleTimeoutMs");
        const access = fields["access"] === "view" ? ({ access: "view" } as const) : {};
        return { ...message, ...(idleTimeoutMs !== undefined && { idleTimeoutMs }), ...access };
      }
      case "expiring":
        return { type, expiresInMs: duration(fields, "expiresInMs") };
      case "renewed": {
        const message = { type, id: id(fields), expiresInMs: durationOrNull(fields, "expiresInMs") } as const;
        return fields["renewable"] === undefined ? message : { ...message, renewable: boolean(fields, "renewable") };
      }
      case "renew_failed":
        return { type, id: id(fields), reason: reason(fields), ...optionalText(fields, "detail") };
      case "pong": {
        const message = { type, id: id(fields) } as const;
        const expiresInMs = optionalDuration(fields, "expiresInMs");
        return expiresInMs === undefined ? message : { ...message, expiresInMs };
      }
      case "idle_warning":
        return { type, endsInMs: durationOrNull(fields, "endsInMs") };
      case "takeover_request":
        return { type, id: id(fields), endsInMs: duration(fields, "endsInMs"), ...optionalText(fields, "user") };
      case "takeover_over":
        return { type, id: id(fields) };
      case "takeover_pending":
        return { type, endsInMs: duration(fields, "endsInMs") };
      case "bye":
        return { type, reason: reason(fields), ...optionalText(fields, "detail"), ...optionalText(fields, "message") };
      default:
        return undefined;
    }
  });
}

/** Parses a text frame from a client. Never throws. */
export function parseClientMessage(text: string): ParseResult<ClientMessage> {
  return parse<ClientMessage>(text, (type, fields) => {
    switch (type) {
      case "renew":
        return { type, id: id(fields), token: string(fields, "token") };
      case "ping":
        return { type, id: id(fields) };
      case "still_here":
        return { type };
      case "takeover_answer":
        return { type, id: id(fields), allow: boolean(fields, "allow") };
      case "break":
        return fields["durationMs"] === undefined ? { type } : { type, durationMs: duration(fields, "durationMs") };
      case "pause":
      case "resume":
        return { type };
      default:
        return undefined;
    }
  });
}

/** What a field should have been; caught in {@link parse}, so it never leaves this file. */
class Mismatch extends Error {}

function parse<T>(text: string, read: (type: string, fields: Fields) => T | undefined): ParseResult<T> {
  if (utf8Length(text) > MAX_CONTROL_BYTES) return { ok: false, error: `longer than ${MAX_CONTROL_BYTES} bytes` };
  try {
    const value: unknown = JSON.parse(text);
    if (typeof value !== "object" || value === null || Array.isArray(value)) throw new Mismatch("not a JSON object");
    const fields = value as Fields;
    const message = read(string(fields, "type"), fields);
    return message === undefined ? { ok: "ignored" } : { ok: true, message };
  } catch (error) {
    return { ok: false, error: error instanceof Mismatch ? error.message : "not JSON" };
  }
}

function utf8Length(text: string): number {
  return text.length > MAX_CONTROL_BYTES ? text.length : new TextEncoder().encode(text).length;
}

function string(fields: Fields, name: string): string {
  const value = fields[name];
  if (typeof value !== "string" || value === "") throw new Mismatch(`${name}: expected a non-empty string`);
  return value;
}

function boolean(fields: Fields, name: string): boolean {
  const value = fields[name];
  if (typeof value !== "boolean") throw new Mismatch(`${name}: expected true or false`);
  return value;
}

function id(fields: Fields): number {
  const value = fields["id"];
  if (!Number.isSafeInteger(value) || (value as number) < 0) throw new Mismatch("id: expected a whole number from 0");
  return value as number;
}

function duration(fields: Fields, name: string): number {
  const value = fields[name];
  if (typeof value !== "number" || !(value >= 0)) throw new Mismatch(`${name}: expected milliseconds from 0`);
  return value;
}

function durationOrNull(fields: Fields, name: string): number | null {
  return fields[name] === null ? null : duration(fields, name);
}

function optionalDuration(fields: Fields, name: string): number | null | undefined {
  return fields[name] === undefined ? undefined : durationOrNull(fields, name);
}

/** A word that a newer gateway invented stays usable as `internal_error`: the close code tells the action. */
function reason(fields: Fields): ServerCloseReason {
  const value = string(fields, "reason");
  return Object.hasOwn(CloseCode, value) ? (value as ServerCloseReason) : "internal_error";
}

/** An optional text for people; anything else is as if it were absent. */
function optionalText<Name extends string>(fields: Fields, name: Name): { [K in Name]?: string } {
  const value = fields[name];
  return (typeof value === "string" ? { [name]: value } : {}) as { [K in Name]?: string };
}
