import type { ClientPreview, IdentifiedChannel, Identify } from "../consoles/identified-channel.ts";
import { EndError } from "../end-reason.ts";

/**
 * Waits for what a client says first, to learn which channel it opens.
 *
 * @param timeoutMs - how long that may take.
 * @throws EndError `protocol_error` when it is malformed or takes too long.
 */
export async function identifyChannel(
  identify: Identify,
  client: ClientPreview,
  timeoutMs: number,
): Promise<IdentifiedChannel> {
  const { promise: late, reject } = Promise.withResolvers<never>();
  const timer = setTimeout(() => {
    reject(new EndError("protocol_error", `the client did not say within ${timeoutMs} ms which channel it opens`));
  }, timeoutMs);
  try {
    return await Promise.race([identify(client), late]);
  } finally {
    clearTimeout(timer);
  }
}
