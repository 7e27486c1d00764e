import type RFB from "@novnc/novnc";
import type { DisplayQueue } from "@novnc/novnc";
import type { ConsoleChannel } from "../../connection/channel/channel.ts";
import { FlowControlledQueue } from "../../util/flow-controlled-queue.ts";

/** How many bytes noVNC receives while it still has images to draw: enough to keep the browser's decoders busy. */
const MAX_DRAWING_BYTES = 256 * 1024;
const WATER_MARKS = { high: 1024 * 1024, low: 256 * 1024 };
/** How much is buffered of a server that does not pause. No part of a VNC stream can be skipped. */
const MAX_QUEUED_BYTES = 40 * 1024 * 1024;

/**
 * Passes the output of a channel to noVNC as fast as noVNC draws.
 *
 * noVNC has processed most messages when its handler returns, but it decodes images (JPEG, PNG,
 * H.264) later and buffers what arrives meanwhile. This class buffers instead, and asks a server that
 * speaks `curfew.v1` to pause. While there is nothing to draw, noVNC receives everything at once,
 * because it may need more bytes to continue.
 */
export class RfbInput {
  readonly #display: DisplayQueue;
  readonly #deliver: (data: ArrayBuffer) => void;
  readonly #onFailure: (detail: string) => void;
  readonly #queue: FlowControlledQueue<ArrayBuffer>;
  #waitsForDrawing = false;

  /** @returns undefined if this noVNC does not tell what it has to draw: it then receives everything at once. */
  static attach(channel: ConsoleChannel, rfb: RFB, onFailure: (detail: string) => void): RfbInput | undefined {
    const { onmessage } = channel;
    const { _display: display } = rfb;
    if (!onmessage || !display?.pending || !display.flush) return undefined;
    const deliver = (data: ArrayBuffer): void => onmessage.call(channel, new MessageEvent("message", { data }));
    return new RfbInput(channel, display as DisplayQueue, deliver, onFailure);
  }

  private constructor(
    channel: ConsoleChannel,
    display: DisplayQueue,
    deliver: (data: ArrayBuffer) => void,
    onFailure: (detail: string) => void,
  ) {
    this.#queue = new FlowControlledQueue(channel, WATER_MARKS);
    this.#display = display;
    this.#deliver = deliver;
    this.#onFailure = onFailure;
    // oxlint-disable-next-line unicorn/prefer-add-event-listener -- replaces noVNC's own handler
    channel.onmessage = ({ data }) => this.#received(data as ArrayBuffer);
  }

  /** Discards what is buffered. */
  stop(): void {
    this.#queue.clear();
  }

  #received(data: ArrayBuffer): void {
    this.#queue.push(data);
    this.#feed();
    if (this.#queue.queuedBytes > MAX_QUEUED_BYTES) {
      this.#onFailure(`the server sends faster than this browser draws: more than ${MAX_QUEUED_BYTES} bytes wait`);
    }
  }

  #feed(): void {
    while (!this.#waitsForDrawing) {
      if (!this.#display.pending()) this.#queue.finish(this.#queue.takenBytes);
      else if (this.#queue.takenBytes >= MAX_DRAWING_BYTES) {
        void this.#feedWhenDrawn();
        break;
      }
      const data = this.#queue.take();
      if (!data) break;
      this.#deliver(data);
    }
    this.#queue.adjustFlow();
  }

  /** noVNC waits for the same before each update, and continues first. */
  async #feedWhenDrawn(): Promise<void> {
    this.#waitsForDrawing = true;
    await this.#display.flush();
    this.#waitsForDrawing = false;
    try {
      this.#feed();
    } catch (error) {
      this.#onFailure(`the viewer failed on the console's output: ${String(error)}`);
    }
  }
}
