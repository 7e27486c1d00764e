import type { Context, Hono } from "hono";
import type { Selection } from "../control/selection.ts";
import type { MemberAnswers, SessionsEnded } from "../control/session-control.ts";
import { requestActor } from "./actor.ts";
import { addOperation, idOf } from "./operations.ts";
import type { AdminOptions } from "./options.ts";
import { problem } from "./problem.ts";
import { parseExtension, readJson } from "./request-body.ts";
import type { Query } from "./request-schemas.ts";

const NO_SESSION = "there is no such session";

/** Adds the routes under `/v1/sessions`. */
export function addSessionRoutes(app: Hono, options: AdminOptions): void {
  const { control } = options;
  addOperation(app, "listSessions", async (c, { limit, after, instance, type, user }) => {
    const { sessions, next, ...answers } = await control.list({ limit, after }, { instance, type, user });
    return c.json({ sessions, ...(next !== undefined && { next }), ...incomplete(answers) });
  });
  addOperation(app, "getSession", async (c) => {
    const { session, ...members } = await control.get(idOf(c));
    return session === undefined ? notFound(c, members) : c.json(session);
  });
  addOperation(app, "extendSession", async (c) => await extend(c, options));
  addOperation(app, "endSession", async (c, query) => {
    return await end(c, options, { by: "id", id: idOf(c) }, query.message);
  });
  addOperation(app, "endSessions", async (c, query) => {
    const selection = selectionOf(query);
    if (selection !== undefined) return await end(c, options, selection, query.message);
    return problem(c, 400, "expected ?instance=ID, ?user=NAME, or ?all=true to end every session");
  });
}

async function extend(c: Context, { control, events }: AdminOptions): Promise<Response> {
  const sessionId = idOf(c);
  const expiresAt = Date.now() + parseExtension(await readJson(c));
  const asked = { actor: requestActor(c), sessionId, expiresAt };
  await events.ask({ type: "extension_requested", ...asked });
  const { session, refused, ...members } = await control.extend(sessionId, expiresAt);
  if (session === undefined) return notFound(c, members);
  if (refused !== undefined) return problem(c, 409, refused);
  events.notify({ type: "session_extended", ...asked, expiresAt: Date.parse(session.expires_at ?? "") });
  return c.json(session);
}

/** No member that answered runs the session. */
function notFound(c: Context, members: MemberAnswers): Response {
  if (members.unavailable.length === 0) return problem(c, 404, NO_SESSION, incomplete(members));
  return problem(c, 500, `not found, but ${describe(members)}`, incomplete(members));
}

/** Which sessions a request selects by its query; undefined where that names none, or several. */
function selectionOf({ instance, user, all }: Query): Selection | undefined {
  const selections: Selection[] = [];
  if (instance !== undefined) selections.push({ by: "instance", instance });
  if (user !== undefined) selections.push({ by: "user", user });
  if (all !== undefined) selections.push({ by: "all" });
  const named = [instance, user, all].filter((each) => each !== undefined);
  return named.length === 1 ? selections[0] : undefined;
}

/** Ends the selected sessions, and answers with how many. */
async function end(
  c: Context,
  { control, events }: AdminOptions,
  selection: Selection,
  message: string | undefined,
): Promise<Response> {
  const actor = requestActor(c);
  await events.ask({ type: "end_requested", actor, selection });
  const command = { reason: "session_terminated", detail: "an operator ended the session", message } as const;
  const { ended, ...members } = await control.end(selection, command);
  events.notify({ type: "sessions_ended", actor, selection, sessions: ended });
  const isComplete = members.unavailable.length === 0;
  // Where a worker was replaced, the session may have ended with it.
  if (ended === 0 && selection.by === "id" && isComplete && members.replaced.length === 0) {
    return problem(c, 404, NO_SESSION);
  }
  // A session that ended answers for its id, whatever the other members do.
  if (selection.by === "id" && ended > 0) return c.json({ ended });
  return isComplete ? c.json({ ended, ...incomplete(members) }) : endFailed(c, "ended", { ended, ...members });
}

/**
 * The response when the sessions of some members may still run.
 *
 * @param done - what was done, before the number of sessions.
 */
export function endFailed(c: Context, done: string, { ended, ...members }: SessionsEnded): Response {
  const detail = `${done} ${sessionCount(ended)}, but ${describe(members)}`;
  return problem(c, 500, detail, { ended, ...incomplete(members) });
}

export function sessionCount(sessions: number): string {
  return sessions === 1 ? "1 session" : `${sessions} sessions`;
}

/** The fields that name members of which the answer knows nothing. */
export function incomplete({ unavailable, replaced }: MemberAnswers): Partial<MemberAnswers> {
  return { ...(unavailable.length > 0 && { unavailable }), ...(replaced.length > 0 && { replaced }) };
}

function describe({ unavailable }: MemberAnswers): string {
  const members = unavailable.map(({ member, reason }) => `${member} did not answer (${reason})`);
  return `${members.join(", ")}; sessions there may still run`;
}
