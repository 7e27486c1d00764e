import type { Readiness } from "../control/status.ts";
import type { HealthChecks } from "../control/health.ts";

/**
 * What `/readyz` answers: the gateway's state, or the names of what lookups need and is not ready.
 *
 * @param note - what else to say of a gateway that takes sessions, or does not because of these.
 */
export function createReadiness(
  state: () => Readiness,
  health: HealthChecks,
  note: () => string | undefined = () => undefined,
): () => Promise<string> {
  return async () => {
    if (state() !== "ready") return state();
    const unready = await health.unready();
    if (state() !== "ready") return state();
    return [unready.length === 0 ? READY : `not ready: ${unready.join(", ")}`, note() ?? []].flat().join("; ");
  };
}

/** Whether the answer says that the gateway takes sessions. */
export function isReady(answer: string): boolean {
  return answer.split(";", 1)[0] === READY;
}

const READY = "ready";
