import type { Context, Hono } from "hono";
import type { Locker } from "../control/locker.ts";
import { requestActor } from "./actor.ts";
import { addOperation, idOf } from "./operations.ts";
import { lockView } from "./lock-view.ts";
import type { AdminOptions } from "./options.ts";
import { problem } from "./problem.ts";
import { parseLockRequest, readJson } from "./request-body.ts";
import { endFailed, incomplete, sessionCount } from "./session-routes.ts";

/** Adds the routes under `/v1/locks`. */
export function addLockRoutes(app: Hono, options: AdminOptions): void {
  const { locker, events } = options;
  addOperation(app, "listLocks", (c) => c.json({ locks: locker.all.map(lockView) }));
  addOperation(app, "lock", async (c) => {
    const actor = requestActor(c);
    const request = parseLockRequest(await readJson(c));
    await events.ask({ type: "lock_requested", actor, lock: request });
    const outcome = await locker.lock(request);
    events.notify({ type: "locked", actor, lock: outcome.lock, sessions: outcome.ended });
    return answer(c, outcome);
  });
  addOperation(app, "liftLock", async (c) => {
    const actor = requestActor(c);
    const id = idOf(c);
    await events.ask({ type: "lift_requested", actor, lockId: id });
    const lifted = await locker.lift(id);
    if (lifted === undefined) return problem(c, 404, "there is no such lock");
    const { lock, ...members } = lifted;
    events.notify({ type: "lifted", actor, lock });
    if (members.unavailable.length === 0) return c.json({ ...lockView(lock), ...incomplete(members) });
    return problem(c, 500, "lifted, but not every worker or gateway answered", incomplete(members));
  });
}

function answer(c: Context, outcome: Awaited<ReturnType<Locker["lock"]>>): Response {
  const { lock, unwritten, ended, ...members } = outcome;
  if (unwritten !== undefined) {
    const detail = `ended ${sessionCount(ended)} and refuses others until the gateway stops, but the lock is not written: ${unwritten}`;
    return problem(c, 503, detail, { ended, ...incomplete(members) });
  }
  if (members.unavailable.length > 0) return endFailed(c, "locked, and ended", { ended, ...members });
  return c.json({ ...lockView(lock), ended, ...incomplete(members) }, 201);
}
