import { type GatewayHandlers, GatewayMessages } from "../../src/cluster/messages.ts";
import type { GatewayMember } from "../../src/cluster/membership.ts";

/** What happens to a message on its way. */
export type Fault = (message: string, deliver: (message: string) => void) => void;

/** Gateways that exchange messages in memory. */
export class FakeNetwork {
  readonly #gateways = new Map<string, GatewayMessages>();
  /** By the id of the gateway that a message is for. */
  readonly faults = new Map<string, Fault>();
  /** What each gateway could not make sense of. */
  readonly malformed: string[] = [];
  /** All messages that were sent. */
  readonly sent: { readonly to: string; readonly message: string }[] = [];

  add(id: string, handlers?: Partial<GatewayHandlers>): GatewayMessages {
    const messages = new GatewayMessages({
      id,
      send: async (to, message) => await this.#send(to, message),
      onMalformed: (problem) => this.malformed.push(`${id}: ${problem}`),
    });
    if (handlers !== undefined) messages.handle(handlers as GatewayHandlers);
    this.#gateways.set(id, messages);
    return messages;
  }

  /** It is not there any more. */
  remove(id: string): void {
    this.#gateways.delete(id);
  }

  async #send(to: string, message: string): Promise<boolean> {
    this.sent.push({ to, message });
    const gateway = this.#gateways.get(to);
    if (gateway === undefined) return false;
    const deliver = (text: string): void => gateway.receive(text);
    setImmediate(() => (this.faults.get(to) ?? ((text) => deliver(text)))(message, deliver));
    return true;
  }
}

export function member(id: string, name = id): GatewayMember {
  return { id, name, since: 0 };
}
