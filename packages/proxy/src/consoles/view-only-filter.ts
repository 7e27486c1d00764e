import { EndError } from "../end-reason.ts";
import type { Grant } from "../tokens/grant.ts";
import type { ClientFilter } from "./client-filter.ts";

/** What a handshake reads next. */
export interface Read {
  readonly from: "client" | "target";
  readonly bytes: number;
}

/**
 * Follows a handshake between a client and a target in what both send: it yields what it reads next, and gets it. What
 * it has read of the client's passes, and nothing else does.
 *
 * @returns the filter for what follows; undefined when the target has refused the client, which may send nothing more.
 * @throws EndError to end the session.
 */
export type Handshake = Generator<Read, ClientFilter | undefined, Buffer>;

/** How much of what one side has sent may wait to be read, in bytes. */
const MAX_UNREAD_BYTES = 8192;

const NOTHING = Buffer.alloc(0);

/** A filter that drops everything: for what carries nothing but input, and for a client that may send nothing more. */
export const NOTHING_PASSES: ClientFilter = { filter: () => NOTHING };

/** The filter of a console: one for grants that do not give control, and none for the others. */
export function viewOnly(create: () => ClientFilter): (grant: Pick<Grant, "access">) => ClientFilter | undefined {
  return ({ access }) => (access === "control" ? undefined : create());
}

/** Reads exactly `bytes` bytes of one side, for a {@link Handshake}. */
export function* read(from: Read["from"], bytes: number): Generator<Read, Buffer, Buffer> {
  return yield { from, bytes };
}

/**
 * Enforces view-only access in a protocol whose handshake the client does with the target itself. The filter has to see
 * what the target sends: without it the length of what the client says next is often not known.
 */
export class ViewOnlyFilter implements ClientFilter {
  readonly #handshake: Handshake;
  /** What to read next. */
  #next: IteratorResult<Read, ClientFilter | undefined>;
  readonly #unread = { client: NOTHING, target: NOTHING };
  /** For what follows the handshake. */
  #rest: ClientFilter | undefined;

  constructor(handshake: Handshake) {
    this.#handshake = handshake;
    this.#next = handshake.next();
    if (this.#next.done === true) this.#rest = this.#next.value ?? NOTHING_PASSES;
  }

  filter(bytes: Buffer): Buffer {
    if (this.#rest !== undefined) return this.#rest.filter(bytes);
    this.#unread.client = Buffer.concat([this.#unread.client, bytes]);
    const passed = this.#advance();
    if (this.#unread.client.length > MAX_UNREAD_BYTES) {
      throw new EndError("protocol_error", `more than ${MAX_UNREAD_BYTES} bytes before the handshake is over`);
    }
    return passed;
  }

  takeFromTarget(bytes: Buffer): boolean {
    if (this.#rest !== undefined) return false;
    this.#unread.target = Buffer.concat([this.#unread.target, bytes]);
    // Without a part of it, the rest would be read wrongly.
    if (this.#unread.target.length > MAX_UNREAD_BYTES) {
      throw new EndError(
        "protocol_error",
        `the console sends more than ${MAX_UNREAD_BYTES} bytes before the handshake is over`,
      );
    }
    return this.#unread.client.length > 0;
  }

  /** Reads as far as it can. @returns what may pass. */
  #advance(): Buffer {
    const passed: Buffer[] = [];
    let { client, target } = this.#unread;
    for (let next = this.#next; next.done !== true; this.#next = next) {
      const { from, bytes } = next.value;
      if ((from === "client" ? client : target).length < bytes) break;
      if (from === "client") {
        const part = client.subarray(0, bytes);
        client = client.subarray(bytes);
        next = this.#handshake.next(part);
        // The handshake may have changed it.
        passed.push(part);
      } else {
        const part = target.subarray(0, bytes);
        target = target.subarray(bytes);
        next = this.#handshake.next(part);
      }
    }
    this.#unread.client = client;
    this.#unread.target = target;
    if (this.#next.done === true) {
      this.#rest = this.#next.value ?? NOTHING_PASSES;
      this.#unread.client = this.#unread.target = NOTHING;
      passed.push(this.#rest.filter(client));
    }
    return Buffer.concat(passed);
  }
}
