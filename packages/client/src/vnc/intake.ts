import type RFB from "@novnc/novnc";
import type { DisplayQueue } from "@novnc/novnc";
import type { ConsoleChannel } from "../channel.ts";

/** What noVNC may have of which images are not drawn yet: enough to keep the browser's decoders busy. */
const MAX_DRAWING_BYTES = 256 * 1024;
/** Bytes that may wait before the gateway is asked to pause, and at which it may go on. */
const HIGH_WATER_BYTES = 1024 * 1024;
const LOW_WATER_BYTES = 256 * 1024;
/** What is kept of a server that does not pause. Of a VNC stream nothing can be left out. */
const MAX_WAITING_BYTES = 40 * 1024 * 1024;

/**
 * Hands noVNC what a channel brings, as fast as it draws.
 *
 * noVNC is done with most messages when it returns, but images (JPEG, PNG, H.264) are decoded
 * later, and what comes meanwhile it keeps. Here it waits instead, and the server is asked to pause,
 * where it speaks `curfew.v1`. While there is nothing to draw, noVNC gets everything at once: it may
 * need more bytes to go on.
 */
export class Intake {
  readonly #channel: ConsoleChannel;
  readonly #display: DisplayQueue;
  readonly #take: (data: ArrayBuffer) => void;
  readonly #failed: (detail: string) => void;
  readonly #queue: ArrayBuffer[] = [];
  #queuedBytes = 0;
  /** What noVNC was given since it last had nothing to draw. */
  #drawingBytes = 0;
  #waitsForDrawing = false;
  #paused = false;

  /** Null with a noVNC that does not tell what it has to draw: it then gets everything at once. */
  static between(channel: ConsoleChannel, rfb: RFB, failed: (detail: string) => void): Intake | null {
    const { onmessage } = channel;
    const { _display: display } = rfb;
    if (!onmessage || !display?.pending || !display.flush) return null;
    const take = (data: ArrayBuffer): void => onmessage.call(channel, new MessageEvent("message", { data }));
    return new Intake(channel, display as DisplayQueue, take, failed);
  }

  private constructor(
    channel: ConsoleChannel,
    display: DisplayQueue,
    take: (data: ArrayBuffer) => void,
    failed: (detail: string) => void,
  ) {
    this.#channel = channel;
    this.#display = display;
    this.#take = take;
    this.#failed = failed;
    // oxlint-disable-next-line unicorn/prefer-add-event-listener -- in the place of noVNC's own
    channel.onmessage = ({ data }) => this.#received(data as ArrayBuffer);
  }

  /** Forgets what waits. */
  stop(): void {
    this.#queue.length = 0;
    this.#queuedBytes = 0;
  }

  get #waitingBytes(): number {
    return this.#queuedBytes + this.#drawingBytes;
  }

  #received(data: ArrayBuffer): void {
    this.#queue.push(data);
    this.#queuedBytes += data.byteLength;
    this.#feed();
    if (!this.#paused && this.#waitingBytes > HIGH_WATER_BYTES) this.#paused = this.#channel.pause();
    if (this.#queuedBytes > MAX_WAITING_BYTES) {
      this.#failed(`the server sends faster than this browser draws: more than ${MAX_WAITING_BYTES} bytes wait`);
    }
  }

  #feed(): void {
    while (!this.#waitsForDrawing) {
      if (!this.#display.pending()) this.#drawingBytes = 0;
      else if (this.#drawingBytes >= MAX_DRAWING_BYTES) {
        void this.#feedWhenDrawn();
        return;
      }
      const data = this.#queue.shift();
      if (!data) break;
      this.#queuedBytes -= data.byteLength;
      this.#drawingBytes += data.byteLength;
      this.#take(data);
    }
    if (!this.#paused || this.#waitingBytes > LOW_WATER_BYTES) return;
    this.#paused = false;
    this.#channel.resume();
  }

  /** noVNC waits for the same before each update, and goes first. */
  async #feedWhenDrawn(): Promise<void> {
    this.#waitsForDrawing = true;
    await this.#display.flush();
    this.#waitsForDrawing = false;
    try {
      this.#feed();
    } catch (error) {
      this.#failed(`the viewer failed on the console's output: ${String(error)}`);
    }
  }
}
