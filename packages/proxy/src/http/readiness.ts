import type { Readiness } from "../control/status.ts";
import type { TokenHealth } from "../tokens/health.ts";

/** What `/readyz` answers: the gateway's state, or the names of what lookups need and is not ready. */
export function createReadiness(state: () => Readiness, health: TokenHealth): () => Promise<string> {
  return async () => {
    if (state() !== "ready") return state();
    const unready = await health.unready();
    return unready.length === 0 ? state() : `not ready: ${unready.join(", ")}`;
  };
}
