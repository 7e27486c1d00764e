import { EndError } from "../end-reason.ts";
import type { WebSocketConnection } from "../websocket/connection.ts";
import { PauseReason } from "../websocket/pause-reason.ts";

/** How much {@link ClientReader.readAhead} reads, in bytes; what is kept in any case is more. */
const MAX_AHEAD = 16 * 1024;

const NOTHING = Buffer.alloc(0);

/**
 * Reads a client in exact lengths while there is no target to pass its bytes on to. The client is read only while bytes
 * are waited for, so this holds little more than what is asked for.
 */
export class ClientReader {
  readonly #client: Pick<WebSocketConnection, "pause" | "resume">;
  #unread: Buffer = NOTHING;
  #waiting: { readonly length: number; readonly resolve: () => void } | undefined;
  #isStopped = false;

  constructor(client: Pick<WebSocketConnection, "pause" | "resume">) {
    this.#client = client;
  }

  /** Whether bytes of the client are waited for. */
  get isWaiting(): boolean {
    return this.#waiting !== undefined;
  }

  /** What was read and not asked for yet. */
  get unread(): Buffer {
    return this.#unread;
  }

  /**
   * Exactly `length` bytes; to be called again only when it has fulfilled.
   *
   * @throws EndError when the session ends first.
   */
  async read(length: number): Promise<Buffer> {
    const bytes = (await this.peek(length)).subarray(0, length);
    this.#unread = this.#unread.subarray(length);
    return bytes;
  }

  /**
   * At least `length` bytes, which stay unread; to be called again only when it has fulfilled.
   *
   * @throws EndError when the session ends first.
   */
  async peek(length: number): Promise<Buffer> {
    if (this.#unread.length < length && !this.#isStopped) {
      await new Promise<void>((resolve) => {
        this.#waiting = { length, resolve };
        this.#client.resume(PauseReason.noTarget);
      });
    }
    if (this.#isStopped) throw new EndError("session_terminated", "the session has ended");
    return this.#unread;
  }

  /** Reads on, without waiting for it, up to a bound or until {@link takeUnread}. */
  readAhead(): void {
    this.peek(MAX_AHEAD).catch(() => {});
  }

  /** Takes what the client sends; its memory may be used again afterwards. */
  take(bytes: Buffer): void {
    this.#unread = Buffer.concat([this.#unread, bytes]);
    if (this.#unread.length < (this.#waiting?.length ?? 0)) return;
    this.#client.pause(PauseReason.noTarget);
    this.#wake();
  }

  /** What was read beyond what was asked for; no more is read ahead. */
  takeUnread(): Buffer {
    this.#rest();
    const unread = this.#unread;
    this.#unread = NOTHING;
    return unread;
  }

  /** The session has ended. */
  stop(): void {
    this.#isStopped = true;
    this.#wake();
  }

  #rest(): void {
    if (!this.isWaiting) return;
    this.#client.pause(PauseReason.noTarget);
    this.#wake();
  }

  #wake(): void {
    this.#waiting?.resolve();
    this.#waiting = undefined;
  }
}
