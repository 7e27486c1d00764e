import { setTimeout as sleep } from "node:timers/promises";
import type { SqlSession } from "./session.ts";

/** The pause after each part, as a multiple of the time that it took: the rest of the time belongs to others. */
const PAUSE_PER_WORK = 9;

/**
 * Removes what is not needed any more, in small parts, for as long as there is more, so that as much can be removed as is
 * written. It takes a tenth of the time of a connection, also where other gateways that do the same hold it up.
 *
 * @param pause - test seam.
 * @throws Error when the database fails.
 */
export async function trimAll(
  session: Pick<SqlSession, "trim">,
  closed: AbortSignal,
  pause: typeof sleep = sleep,
): Promise<void> {
  for (;;) {
    const begun = performance.now();
    if (!(await session.trim())) return;
    await pause((performance.now() - begun) * PAUSE_PER_WORK, undefined, { signal: closed, ref: false });
  }
}
