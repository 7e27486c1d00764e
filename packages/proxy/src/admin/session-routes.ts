import type { Context, Hono } from "hono";
import type { Selection } from "../control/selection.ts";
import type { MemberAnswers, SessionsEnded } from "../control/session-control.ts";
import { requestActor } from "./actor.ts";
import type { AdminOptions } from "./options.ts";
import { problem } from "./problem.ts";
import { operatorMessage, pageRequest, readQuery, sessionFilter } from "./query.ts";

const NO_SESSION = "there is no such session";

/** Adds the routes under `/v1/sessions`. */
export function addSessionRoutes(app: Hono, options: AdminOptions): void {
  const { control } = options;
  app.get("/v1/sessions", async (c) => {
    const query = readQuery(c, "limit", "after", "instance", "type", "user");
    const { sessions, next, ...answers } = await control.list(pageRequest(query), sessionFilter(query));
    return c.json({ sessions, ...(next !== undefined && { next }), ...incomplete(answers) });
  });
  app.get("/v1/sessions/:id", async (c) => {
    readQuery(c);
    const { session, ...members } = await control.get(c.req.param("id"));
    if (session !== undefined) return c.json(session);
    if (members.unavailable.length === 0) return problem(c, 404, NO_SESSION, incomplete(members));
    return problem(c, 500, `not found, but ${describe(members)}`, incomplete(members));
  });
  app.delete("/v1/sessions/:id", async (c) => {
    const message = operatorMessage(readQuery(c, "message"));
    return await end(c, options, { by: "id", id: c.req.param("id") }, message);
  });
  app.delete("/v1/sessions", async (c) => {
    const query = readQuery(c, "instance", "user", "all", "message");
    const selection = selectionOf(query);
    if (selection !== undefined) return await end(c, options, selection, operatorMessage(query));
    return problem(c, 400, "expected ?instance=ID, ?user=NAME, or ?all=true to end every session");
  });
}

/** Which sessions a request selects by its query; undefined where that names none, or several. */
function selectionOf({ instance, user, all }: Readonly<Partial<Record<string, string>>>): Selection | undefined {
  const selections: Selection[] = [];
  if (instance !== undefined) selections.push({ by: "instance", instance });
  if (user !== undefined) selections.push({ by: "user", user });
  if (all === "true") selections.push({ by: "all" });
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
