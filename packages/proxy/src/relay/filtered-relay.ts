import type { ClientFilter } from "../consoles/client-filter.ts";
import type { WebSocketConnection } from "../websocket/connection.ts";
import { Relay } from "./relay.ts";
import type { RelayedSession, RelayOptions } from "./to-client.ts";

/** A relay that passes only those of a client's bytes that a filter returns. */
export class FilteredRelay extends Relay {
  readonly #filter: ClientFilter;
  readonly #session: RelayedSession;
  /** Nothing of the client's passes from then on. */
  #hasFailed = false;

  constructor(client: WebSocketConnection, options: RelayOptions, filter: ClientFilter) {
    super(client, options);
    this.#filter = filter;
    this.#session = options.session;
  }

  override forwardToTarget(bytes: Buffer): void {
    if (this.#hasFailed) return;
    let judged: Buffer;
    try {
      judged = this.#filter.filter(bytes);
    } catch (error) {
      this.#hasFailed = true;
      this.#session.onFailed(error);
      return;
    }
    if (judged.length > 0) super.forwardToTarget(judged);
  }
}
