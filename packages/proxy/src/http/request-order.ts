import type { IncomingMessage, Server, ServerResponse } from "node:http";
import type { Duplex } from "node:stream";

/**
 * How many requests of one connection may be unanswered at once. Browsers send the next one after the answer; a client
 * that sends many and reads nothing would fill the memory with answers.
 */
const MAX_UNANSWERED = 4;

/** What tells Node's parser that no more requests follow, as after an upgrade. */
const NO_MORE_REQUESTS = 2;

/** Bounds the requests that a connection sends ahead (pipelining), and keeps an upgrade behind their answers. */
export class RequestOrder {
  readonly #unanswered = new WeakMap<Duplex, number>();
  /** The answers to the latest requests. */
  readonly #latest = new WeakMap<Duplex, ServerResponse>();
  /** Upgrades that wait for the answers to earlier requests. */
  readonly #waiting = new WeakMap<Duplex, () => void>();

  /** Counts a request until it is answered. @returns false when it is one too many: its connection is destroyed. */
  accepts({ socket }: IncomingMessage, response: ServerResponse): boolean {
    if (socket.destroyed) return false;
    const count = this.#count(socket);
    if (count >= MAX_UNANSWERED) {
      stopParsing(socket);
      socket.destroy();
      return false;
    }
    this.#unanswered.set(socket, count + 1);
    this.#latest.set(socket, response);
    response.once("close", () => this.#answered(socket));
    return true;
  }

  /** Whether no answer is under way on this connection, so that another one can be sent without mixing with it. */
  canAnswer(socket: Duplex): boolean {
    const count = this.#count(socket);
    return count === 0 || (count === 1 && this.#latest.get(socket)?.headersSent === false);
  }

  /**
   * Runs an upgrade once the requests before it are answered (RFC 9112, section 9.3.2), usually at once.
   *
   * @param upgrade - gets what the connection brought behind the upgrade request.
   */
  afterAnswers(socket: Duplex, head: Buffer, upgrade: (head: Buffer) => void): void {
    if (this.#count(socket) === 0) return upgrade(head);
    this.#waiting.set(socket, () => {
      const rest = socket.read() as Buffer | null;
      upgrade(rest === null ? head : Buffer.concat([head, rest]));
    });
  }

  #count(socket: Duplex): number {
    return this.#unanswered.get(socket) ?? 0;
  }

  #answered(socket: Duplex): void {
    const count = this.#count(socket) - 1;
    this.#unanswered.set(socket, count);
    if (count > 0 || socket.destroyed) return;
    this.#waiting.get(socket)?.();
    this.#waiting.delete(socket);
  }
}

/**
 * Handles requests with an unknown `Expect` as all others (RFC 9110, section 10.1.1). Node would answer them by itself, so
 * that their number had no bound.
 */
export function ignoreExpectations(server: Server): void {
  server.on("checkExpectation", (request, response) => void server.emit("request", request, response));
}

/**
 * Ends the parsing of what was read already. Otherwise Node makes a request of everything in it, thousands, although
 * the connection is destroyed. The parser is not a documented part of Node: if it is not as expected, it goes on.
 */
function stopParsing(socket: Duplex): void {
  const { parser } = socket as Duplex & { readonly parser?: { onIncoming?: unknown } | null };
  if (typeof parser?.onIncoming === "function") parser.onIncoming = () => NO_MORE_REQUESTS;
}
