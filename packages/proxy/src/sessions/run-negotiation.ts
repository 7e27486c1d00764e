import type { Negotiation } from "../consoles/negotiation.ts";
import { EndError } from "../end-reason.ts";
import type { Relay } from "../relay/relay.ts";
import type { Target } from "../targets/target.ts";
import type { Grant } from "../tokens/grant.ts";
import type { ControlMessages } from "./control-messages.ts";

/** A negotiation, and what it is about. */
export interface NegotiationOptions {
  readonly negotiate: Negotiation;
  readonly grant: Grant;
  /** Its handshake has stages, and they are done. */
  readonly target: Pick<Target, "stage">;
  /** Not attached yet. */
  readonly relay: Pick<Relay, "readClient" | "say">;
  /** Whether the client gets control messages. */
  readonly control: Pick<ControlMessages, "enabled">;
  /** Milliseconds that the negotiation has. */
  readonly timeoutMs: number;
}

/**
 * Runs a negotiation between a client and a target.
 *
 * @throws EndError when one of them refuses, or takes too long.
 */
export async function runNegotiation(options: NegotiationOptions): Promise<void> {
  const { negotiate, grant, target, relay, control, timeoutMs } = options;
  const { stage } = target;
  if (stage === undefined) throw new TypeError("a negotiation needs a target whose handshake has stages");
  const reader = relay.readClient();
  const client = {
    read: async (length: number) => await reader.read(length),
    write: (bytes: Buffer) => relay.say(bytes),
    refuse: (bytes: Buffer) => {
      if (!control.enabled) relay.say(bytes);
    },
  };
  const { promise: late, reject } = Promise.withResolvers<never>();
  const timer = setTimeout(() => {
    const what = `complete the security handshake within ${timeoutMs} ms`;
    reject(
      reader.isWaiting
        ? new EndError("protocol_error", `the client did not ${what}`)
        : new EndError("target_timeout", `the console did not ${what}`),
    );
  }, timeoutMs);
  try {
    await Promise.race([negotiate(stage, client, grant), late]);
  } finally {
    clearTimeout(timer);
  }
}
