/** What a line of the audit trail tells of. */
export type AuditEventName =
  | "gateway_started"
  | "gateway_stopped"
  | "start_failed"
  | "worker_lost"
  | "audit_resumed"
  | "session_requested"
  | "session_opened"
  | "renewal_requested"
  | "session_renewed"
  | "session_recorded"
  | "renewal_refused"
  | "renewals_limited"
  | "session_outlived"
  | "channel_failed"
  | "takeover_answered"
  | "session_ended"
  | "limit_reached"
  | "upgrade_refused"
  | "connection_refused"
  | "token_requested"
  | "token_issued"
  | "revocation_requested"
  | "token_revoked"
  | "end_requested"
  | "sessions_ended"
  | "extension_requested"
  | "session_extended"
  | "lock_requested"
  | "locked"
  | "lift_requested"
  | "lifted"
  | "admin_called"
  | "admin_refused";

/** The fields of a line besides `event`; which event has which is in {@link AUDIT_EVENTS}. */
export interface AuditFields {
  readonly seq?: number | undefined;
  readonly time?: string | undefined;
  readonly run?: string | undefined;
  readonly pid?: number | undefined;
  readonly gateway?: string | undefined;
  readonly host?: string | undefined;
  readonly listen?: string | undefined;
  readonly worker?: number | undefined;
  readonly session?: string | undefined;
  readonly actor?: string | undefined;
  readonly client?: string | undefined;
  readonly certificate?: string | undefined;
  readonly token_id?: string | undefined;
  readonly type?: string | undefined;
  readonly target?: string | undefined;
  readonly instance?: string | undefined;
  readonly user?: string | undefined;
  readonly access?: string | undefined;
  readonly expires_at?: string | undefined;
  readonly handshake_ms?: number | undefined;
  readonly duration_ms?: number | undefined;
  readonly late_ms?: number | undefined;
  readonly bytes_to_client?: number | undefined;
  readonly bytes_to_target?: number | undefined;
  readonly reason?: string | undefined;
  readonly detail?: string | undefined;
  readonly limit?: string | undefined;
  readonly fault?: string | undefined;
  readonly count?: number | undefined;
  readonly by_session?: string | undefined;
  readonly by_user?: string | undefined;
  readonly answer?: string | undefined;
  readonly sessions?: number | undefined;
  readonly selection?: Readonly<Record<string, string>> | undefined;
  readonly subject?: string | undefined;
  readonly value?: string | undefined;
  readonly message?: string | undefined;
  readonly lock_id?: string | undefined;
  readonly method?: string | undefined;
  readonly path?: string | undefined;
  readonly status?: number | undefined;
  readonly more?: number | undefined;
  readonly lost?: number | undefined;
}

/** A line of the audit trail. */
export interface AuditEntry extends AuditFields {
  readonly event: AuditEventName;
}

/** How a field is written. A `time` is ISO 8601 in UTC with milliseconds. */
export interface AuditField {
  readonly type: "string" | "time" | "number" | "integer" | "object";
  readonly meaning: string;
}

const number = (meaning: string): AuditField => ({ type: "number", meaning });
const integer = (meaning: string): AuditField => ({ type: "integer", meaning });
const text = (meaning: string): AuditField => ({ type: "string", meaning });
const time = (meaning: string): AuditField => ({ type: "time", meaning });

/** Every field, as the document shows it. */
export const AUDIT_FIELDS: Readonly<Record<keyof AuditFields, AuditField>> = {
  seq: integer("Number of the line, from 1 on, among those of its `run`."),
  time: time("When it happened."),
  run: text("Identifies one run of one process."),
  pid: integer("Id of that process."),
  gateway: text("The `run` of the gateway's first process."),
  host: text("Name of the machine."),
  listen: text("Where browsers connect, as configured."),
  worker: integer("Process id of the worker."),
  session: text("Id of the session."),
  actor: text("Name of the key with which the admin API was called; `socket` for its Unix socket."),
  client: text("IP address of the client, or of the caller of the admin API; `unix` for its Unix socket."),
  certificate: text("Subject of the client's TLS certificate."),
  token_id: text("Id of the token; never the token itself."),
  type: text("Type of the console: `vnc`, `serial` or `spice`."),
  target: text("What is dialed."),
  instance: text("The virtual machine."),
  user: text("The user that the token was issued to."),
  access: text("`control` or `view`."),
  expires_at: time("When access ends. Absent if nothing ends it."),
  handshake_ms: number("From the client's connection to the target's accept."),
  duration_ms: integer("From the client's connection to the end."),
  late_ms: number("How long after its deadline the session ended."),
  bytes_to_client: integer("Console bytes passed on to the client."),
  bytes_to_target: integer("Console bytes passed on to the target."),
  reason: text("The end reason, or what refused a connection."),
  detail: text("What happened, in words."),
  limit: text("The limit: an option of `sessions`, or the number of an option of `connections`."),
  fault: text("The part of the request that is wrong."),
  count: integer("How many renewals were refused."),
  by_session: text("Id of the session that would take over."),
  by_user: text("Its user."),
  answer: text("`allowed`, `denied` or `unanswered`."),
  sessions: integer("How many sessions were ended."),
  selection: { type: "object", meaning: "Which sessions: `by`, and the `id`, `instance` or `user`." },
  subject: text("`user`, `instance`, `address` or `token`."),
  value: text("Who or what is locked; of a token, its id."),
  message: text("What the users are shown."),
  lock_id: text("Id of the lock."),
  method: text("Method of the request."),
  path: text("Path of the request, without its query, at most 500 characters; without an id where the request failed."),
  status: integer("HTTP status of the response."),
  more: integer("How many others like it this line counts for."),
  lost: integer("How many lines could not be written."),
};

/** An event, as the document shows it. */
export interface AuditEvent {
  readonly meaning: string;
  /** Names of the fields that it always has, besides {@link STAMP}. */
  readonly always: readonly (keyof AuditFields)[];
  /** Names of those that it has where they are known. */
  readonly optional: readonly (keyof AuditFields)[];
}

/** The fields that every line has, besides `event`. */
export const STAMP: readonly (keyof AuditFields)[] = ["seq", "time", "run", "pid"];

type Names = readonly (keyof AuditFields)[];

const SESSION: Names = ["session", "client"];
const GRANT: Names = ["certificate", "token_id", "type", "target", "instance", "user", "access", "expires_at"];
const CALLER: Names = ["actor", "client"];

const event = (meaning: string, always: Names = [], optional: Names = []): AuditEvent => ({
  meaning,
  always,
  optional,
});
const ofSession = (meaning: string, always: Names = [], optional: Names = []): AuditEvent =>
  event(meaning, [...SESSION, ...always], [...GRANT, ...optional]);
const ofCaller = (meaning: string, always: Names = [], optional: Names = []): AuditEvent =>
  event(meaning, [...CALLER, ...always], optional);

/** Every event, as the document shows it. */
export const AUDIT_EVENTS: Readonly<Record<AuditEventName, AuditEvent>> = {
  gateway_started: event("A process begins to write. One with workers has a line for each.", [
    "gateway",
    "host",
    "listen",
  ]),
  gateway_stopped: event("The process has ended all of its sessions."),
  start_failed: event("The process could not start. It had no session."),
  worker_lost: event("A worker has crashed, and all of its sessions with it.", ["worker", "detail"]),
  audit_resumed: event("Lines could not be written before this one.", ["lost"]),
  session_requested: ofSession("A token is valid; the target is dialed next."),
  session_opened: ofSession("The target has accepted.", ["handshake_ms"]),
  renewal_requested: ofSession(
    "A valid token is to renew the session; `token_id` and `expires_at` are the new token's.",
  ),
  session_renewed: ofSession("The session has a new token."),
  session_recorded: ofSession("The session, or one of its channels, is recorded from now on."),
  renewal_refused: ofSession("The session goes on with its old token.", ["reason", "detail"]),
  renewals_limited: ofSession("Renewals were refused because the client asked too often.", ["count"]),
  session_outlived: ofSession("The token has expired, and enforcement, which is off, would have ended the session."),
  channel_failed: ofSession("A channel of the session could not be opened. The session goes on.", ["reason", "detail"]),
  takeover_answered: ofSession(
    "The user was asked whether another session may take over.",
    ["by_session", "answer"],
    ["by_user"],
  ),
  session_ended: ofSession(
    "The session is over. Without `session_opened` before it, it was refused.",
    ["reason", "duration_ms", "bytes_to_client", "bytes_to_target"],
    ["detail", "late_ms", "more"],
  ),
  limit_reached: event("The session is refused at a limit.", ["session", "limit"]),
  upgrade_refused: event("A request is malformed.", ["client", "fault", "detail"], ["more"]),
  connection_refused: event("A connection without a session was closed.", ["client", "reason", "limit"], ["more"]),
  token_requested: ofCaller("A token is to be issued.", ["type", "target"], ["instance", "user"]),
  token_issued: ofCaller(
    "A token was issued.",
    ["token_id", "type", "target", "access"],
    ["instance", "user", "expires_at"],
  ),
  revocation_requested: ofCaller("A token is to be revoked.", ["token_id"]),
  token_revoked: ofCaller("A token was revoked.", ["token_id", "sessions"]),
  end_requested: ofCaller("Sessions are to be ended.", ["selection"]),
  sessions_ended: ofCaller("Sessions were ended.", ["selection", "sessions"]),
  extension_requested: ofCaller("The end of a session is to be moved to `expires_at`.", ["session", "expires_at"]),
  session_extended: ofCaller("The end of a session was moved.", ["session", "expires_at"]),
  lock_requested: ofCaller(
    "A user, a machine, an address or a token is to be locked.",
    ["subject", "value"],
    ["message"],
  ),
  locked: ofCaller(
    "A user, a machine, an address or a token was locked.",
    ["subject", "value", "sessions"],
    ["message"],
  ),
  lift_requested: ofCaller("A lock is to be lifted.", ["lock_id"]),
  lifted: ofCaller("A lock was lifted.", ["subject", "value"], ["message"]),
  admin_called: ofCaller("A request to the admin API was answered.", ["method", "path", "status"]),
  admin_refused: event(
    "A request to the admin API had no key or a wrong one, or came from a web page.",
    ["client", "status"],
    ["more"],
  ),
};
