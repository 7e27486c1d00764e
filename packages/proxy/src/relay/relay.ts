import type { Duplex } from "node:stream";
import { type WebSocketConnection } from "../websocket/connection.ts";
import { PauseReason } from "../websocket/pause-reason.ts";
import type { RelayedBytes } from "../telemetry/session-info.ts";
import type { TargetReader } from "../targets/reader.ts";
import type { Target } from "../targets/target.ts";
import { ClientReader } from "./client-reader.ts";
import { ToClient, type RelayOptions } from "./to-client.ts";

const NOTHING = Buffer.alloc(0);

/** The byte pump between a client and its target, with back-pressure in both directions. */
export class Relay {
  readonly #client: WebSocketConnection;
  readonly #toClient: ToClient;
  #target: Duplex | undefined;
  /** Takes what the client sends while there is no target. */
  #clientReader: ClientReader | undefined;
  #toTarget = 0;

  constructor(client: WebSocketConnection, options: RelayOptions) {
    this.#client = client;
    this.#toClient = new ToClient(client, options);
  }

  /** What the target is read into. */
  get reader(): TargetReader {
    return this.#toClient;
  }

  get bytes(): RelayedBytes {
    return { toClient: this.#toClient.bytes, toTarget: this.#toTarget };
  }

  /** Reads the client until {@link attach}; what the reader leaves unread is then the target's. */
  readClient(): ClientReader {
    return (this.#clientReader ??= new ClientReader(this.#client));
  }

  /** Sends bytes of the gateway's own to the client, before the target's. */
  say(bytes: Buffer): void {
    this.#toClient.say(bytes);
  }

  /**
   * Connects the two; the target may still be connecting.
   *
   * @param onTargetEnd - called when the target has closed and all that it sent was passed on, perhaps more than once,
   *   and even after {@link stop}.
   */
  attach(target: Pick<Target, "connection" | "start">, onTargetEnd: () => void): void {
    if (this.#toClient.isStopped) return;
    const { connection } = target;
    this.#target = connection;
    this.#toClient.attach(connection);
    // `end` comes after the last byte was passed on; a reset has no `end`, only `close`.
    connection.on("end", onTargetEnd).on("close", onTargetEnd);
    const unread = this.#clientReader?.takeUnread();
    this.#clientReader = undefined;
    // It was judged when it came.
    if (unread !== undefined && unread.length > 0) this.#pass(connection, unread);
    target.start(this.#toClient);
  }

  /** Passes a client's bytes on as they arrive; while the target is behind, the client is not read. */
  forwardToTarget(bytes: Buffer): void {
    const target = this.#target;
    if (target !== undefined) this.#pass(target, bytes);
    else this.#clientReader?.take(bytes);
  }

  #pass(target: Duplex, bytes: Buffer): void {
    this.#toTarget += bytes.length;
    target.write(bytes);
    if (target.writableLength === 0) return;
    this.#client.pause(PauseReason.targetBehind);
    // Behind the bytes in the queue, so its callback tells that they are with the kernel, or that the socket is gone.
    target.write(NOTHING, () => {
      if (target.writableLength === 0 || target.destroyed) this.#client.resume(PauseReason.targetBehind);
    });
  }

  /** Stops reading the target until every reason, each a bit of `TargetPauseReason`, is released. */
  pauseTarget(reason: number): void {
    this.#toClient.pause(reason);
  }

  resumeTarget(reason: number): void {
    this.#toClient.resume(reason);
  }

  /** After {@link stop}: reads the target to its end, and drops what it sends. */
  drainTarget(): void {
    this.#toClient.drain();
  }

  /** From now on no byte passes in either direction. What happens to the two sockets is the caller's. */
  stop(): void {
    this.#toClient.stop();
    this.#target = undefined;
    this.#clientReader?.stop();
    this.#clientReader = undefined;
  }
}
