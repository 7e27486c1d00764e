import type { OnReadOpts, Socket } from "node:net";
import type { Duplex } from "node:stream";
import type { WebSocket } from "ws";
import type { BufferPool } from "./buffer-pool.ts";
import type { Intake } from "./intake.ts";
import { ToClient } from "./to-client.ts";

/** Console bytes that have passed, by direction. */
export interface RelayedBytes {
  readonly toClient: number;
  readonly toTarget: number;
}

/** The byte pump between a client and its target, with back-pressure in both directions. */
export class Relay {
  readonly #intake: Intake;
  readonly #toClient: ToClient;
  #target: Socket | undefined;
  #onTargetEnd: (() => void) | undefined;
  #toTarget = 0;

  /** @param stream - the connection that `client` reads and writes; frames of console bytes go to it directly. */
  constructor(client: WebSocket, stream: Duplex, intake: Intake, buffers: BufferPool) {
    this.#intake = intake;
    this.#toClient = new ToClient(client, stream, buffers);
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
   * @param onTargetEnd - called when the target has closed and all that it sent was passed on.
   */
  attach(target: Socket, onTargetEnd: () => void): void {
    this.#target = target;
    this.#onTargetEnd = onTargetEnd;
    this.#toClient.attach(target);
    // `end` comes after the last byte was passed on; a reset has no `end`, only `close`.
    target.on("drain", this.#drained).on("end", onTargetEnd).on("close", onTargetEnd);
  }

  /**
   * Passes a client's message on; while the target is behind, the client is not read. One read of the
   * client may hold many messages: they are gathered and written at once.
   */
  forwardToTarget(data: Buffer): void {
    const target = this.#target;
    if (target === undefined) return;
    this.#toTarget += data.length;
    if (target.writableCorked === 0) {
      target.cork();
      process.nextTick(uncork, target);
    }
    if (!target.write(data)) this.#intake.hold("target_behind");
  }

  /** From now on no byte passes in either direction. What happens to the two sockets is the caller's. */
  stop(): void {
    this.#toClient.stop();
    const target = this.#target;
    this.#target = undefined;
    if (target === undefined || this.#onTargetEnd === undefined) return;
    target.off("drain", this.#drained).off("end", this.#onTargetEnd).off("close", this.#onTargetEnd);
  }

  readonly #drained = (): void => {
    this.#intake.release("target_behind");
  };
}

function uncork(target: Socket): void {
  target.uncork();
}
