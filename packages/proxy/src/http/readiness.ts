import type { Readiness } from "../control/status.ts";
import type { TokenHealth } from "../tokens/health.ts";

/**
 * What `/readyz` answers: the gateway's state, or the names of what lookups need and is not ready.
 *
 * @param note - what else to say then.
 */
export function createReadiness(
  state: () => Readiness,
  health: TokenHealth,
  note: () => string | undefined = () => undefined,
): () => Promise<string> {
  return async () => {
    if (state() !== "ready") return state();
    const unready = await health.unready();
    if (unready.length === 0) return state();
    return [`not ready: ${unready.join(", ")}`, note() ?? []].flat().join("; ");
  };
}
