import type { OnReadOpts, Socket } from "node:net";
import { PauseReason, type WebSocketConnection } from "../websocket/connection.ts";
import type { BufferPool } from "../net/buffer-pool.ts";
import type { RelayedBytes } from "../telemetry/session-observer.ts";
import { ToClient } from "./to-client.ts";

const NOTHING = Buffer.alloc(0);

/** The byte pump between a client and its target, with back-pressure in both directions. */
export class Relay {
  readonly #client: WebSocketConnection;
  readonly #toClient: ToClient;
  #target: Socket | undefined;
  #toTarget = 0;

  constructor(client: WebSocketConnection, buffers: BufferPool) {
    this.#client = client;
    this.#toClient = new ToClient(client, buffers);
  }

  /** For `net.connect`: how the target is read. */
  get onread(): OnReadOpts {
    return this.#toClient.onread;
  }

  get bytes(): RelayedBytes {
    return { toClient: this.#toClient.bytes, toTarget: this.#toTarget };
  }

  /**
   * Connects the two; the target may still be connecting.
   *
   * @param onTargetEnd - called when the target has closed and all that it sent was passed on, perhaps more than once,
   *   and even after {@link stop}.
   */
  attach(target: Socket, onTargetEnd: () => void): void {
    this.#target = target;
    this.#toClient.attach(target);
    // `end` comes after the last byte was passed on; a reset has no `end`, only `close`.
    target.on("end", onTargetEnd).on("close", onTargetEnd);
  }

  /** Passes a client's bytes on as they arrive; while the target is behind, the client is not read. */
  forwardToTarget(bytes: Buffer): void {
    const target = this.#target;
    if (target === undefined) return;
    this.#toTarget += bytes.length;
    target.write(bytes);
    if (target.writableLength === 0) return;
    this.#client.pause(PauseReason.targetBehind);
    // Behind the bytes in the queue, so its callback tells that they are with the kernel, or that the socket is gone.
    target.write(NOTHING, () => {
      if (target.writableLength === 0 || target.destroyed) this.#client.resume(PauseReason.targetBehind);
    });
  }

  /** Stops reading the target, for a client that cannot keep up and whose browser does not tell TCP so. */
  pauseTarget(): void {
    this.#toClient.pause();
  }

  resumeTarget(): void {
    this.#toClient.resume();
  }

  /** From now on no byte passes in either direction. What happens to the two sockets is the caller's. */
  stop(): void {
    this.#toClient.stop();
    this.#target = undefined;
  }
}
