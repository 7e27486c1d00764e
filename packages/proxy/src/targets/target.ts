import type { Socket } from "node:net";
import type { Duplex } from "node:stream";
import type { Handshake } from "./handshake.ts";
import type { TargetReader } from "./reader.ts";
import type { StageTarget } from "./stage.ts";
import { isTlsError } from "./tls.ts";

/** How long a target has to take what the client sent last, in milliseconds. */
const FLUSH_MS = 2000;

/** A connection to a target, from dialing to its end. Made by `dial`. */
export class Target {
  /**
   * Fulfils when the target has accepted and its handshake is done; rejects with an EndError. Never left pending:
   * destroying the target ends the attempt.
   */
  readonly ready: Promise<void>;
  /** Whether the target may be written to before it is {@link ready}: what is written is sent once it accepts. */
  readonly takesEarlyBytes: boolean;
  readonly #socket: Socket;
  readonly #handshake: Handshake | undefined;
  #isReady = false;

  /** @param handshake - the stages that `established` runs; undefined if there are none. */
  constructor(socket: Socket, handshake: Handshake | undefined, takesEarlyBytes: boolean, established: Promise<void>) {
    this.#socket = socket;
    this.#handshake = handshake;
    this.takesEarlyBytes = takesEarlyBytes;
    this.ready = this.#becomeReady(established);
  }

  async #becomeReady(established: Promise<void>): Promise<void> {
    await established;
    this.#isReady = true;
  }

  /** What the client's bytes are written to, and the target's are read from; stages may still replace it. */
  get connection(): Duplex {
    return this.#handshake?.connection ?? this.#socket;
  }

  /** What a negotiation may do with the target once it is {@link ready}; undefined if its handshake has no stages. */
  get stage(): StageTarget | undefined {
    return this.#handshake;
  }

  /** The error of TLS that ended the connection; undefined where there was none. */
  get tlsError(): Error | undefined {
    const error = this.#handshake?.error;
    return error !== undefined && isTlsError(error) ? error : undefined;
  }

  /** Whether the socket is closed. */
  get isClosed(): boolean {
    return this.#socket.closed;
  }

  /** Calls `listener` once the target has accepted the connection, if stages of a handshake follow. */
  onConnected(listener: () => void): void {
    if (this.#handshake !== undefined) this.#socket.once("connect", listener);
  }

  /** Calls `listener` once the socket is closed. */
  onClosed(listener: () => void): void {
    this.#socket.once("close", listener);
  }

  /** Reads into the relay from now on; bytes that the handshake left unread come first. */
  start(relay: TargetReader): void {
    this.#handshake?.start(relay);
  }

  /** Ends the connection at once. */
  destroy(): void {
    this.#socket.destroy();
  }

  /**
   * Ends the connection after what the client sent last was delivered, for which there is `flushMs`. Closing a socket
   * with unread input resets the connection, and so discards what is still on its way; so the target's own end is
   * awaited. The caller has the target read until then, and drops what it sends.
   */
  close(flushMs: number): void {
    const { connection } = this;
    const nothingSent = !this.#isReady && (!this.takesEarlyBytes || connection.writableLength === 0);
    if (nothingSent || flushMs <= 0) return this.destroy();
    const timer = setTimeout(() => this.destroy(), Math.min(flushMs, FLUSH_MS));
    this.onClosed(() => clearTimeout(timer));
    connection.end();
  }
}
