import type { Context, Hono } from "hono";
import type { Locker } from "../control/locker.ts";
import type { Lock } from "../tokens/lock.ts";
import { requestActor } from "./actor.ts";
import type { AdminOptions } from "./options.ts";
import { problem } from "./problem.ts";
import { parseLockRequest } from "./request-body.ts";
import { endFailed, incomplete, sessionCount } from "./session-routes.ts";

/** A lock as the admin API shows it. */
export interface LockView {
  readonly id: string;
  /** `user`, `instance`, `address` or `token`. */
  readonly subject: string;
  readonly value: string;
  /** What the users are shown. */
  readonly message: string | null;
  readonly created_at: string;
  /** When the access of a locked token ends, after which the lock is lifted by itself; null where that is not known. */
  readonly expires_at: string | null;
}

/** Adds the routes under `/v1/locks`. */
export function addLockRoutes(app: Hono, options: AdminOptions): void {
  const { locker, events } = options;
  app.get("/v1/locks", (c) => c.json({ locks: locker.all.map(lockView) }));
  app.post("/v1/locks", async (c) => {
    const actor = requestActor(c);
    const request = parseLockRequest(await c.req.json().catch(() => undefined));
    await events.ask({ type: "lock_requested", actor, lock: request });
    const outcome = await locker.lock(request);
    events.notify({ type: "locked", actor, lock: outcome.lock, sessions: outcome.ended });
    return answer(c, outcome);
  });
  app.delete("/v1/locks/:id", async (c) => {
    const actor = requestActor(c);
    const id = c.req.param("id");
    await events.ask({ type: "lift_requested", actor, lockId: id });
    const lifted = await locker.lift(id);
    if (lifted === undefined) return problem(c, 404, "there is no such lock");
    const { lock, ...members } = lifted;
    events.notify({ type: "lifted", actor, lock });
    if (members.unavailable.length === 0) return c.json({ ...lockView(lock), ...incomplete(members) });
    return problem(c, 500, "lifted, but not every worker answered", incomplete(members));
  });
}

function answer(c: Context, outcome: Awaited<ReturnType<Locker["lock"]>>): Response {
  const { lock, unwritten, ended, ...members } = outcome;
  if (unwritten !== undefined) {
    const detail = `ended ${sessionCount(ended)} and refuses them until it stops, but it is not written: ${unwritten}`;
    return problem(c, 503, detail, { ended, ...incomplete(members) });
  }
  if (members.unavailable.length > 0) return endFailed(c, "locked, and ended", { ended, ...members });
  return c.json({ ...lockView(lock), ended, ...incomplete(members) }, 201);
}

function lockView({ message = "", createdAt, expiresAt, ...lock }: Lock): LockView {
  const iso = (milliseconds: number): string => new Date(milliseconds).toISOString();
  const expires_at = expiresAt === undefined ? null : iso(expiresAt);
  return { ...lock, message: message || null, created_at: iso(createdAt), expires_at };
}
