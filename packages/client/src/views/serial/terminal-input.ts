import type { Terminal } from "@xterm/xterm";
import type { ConsoleChannel } from "../../connection/channel/channel.ts";
import { FlowControlledQueue } from "../../util/flow-controlled-queue.ts";

/** xterm.js parses about 10 MB per second. With these marks a key pressed during a flood is answered soon. */
const WATER_MARKS = { high: 512 * 1024, low: 128 * 1024 };
/** How much is buffered of a server that does not pause: many times the scrollback. xterm.js fails at 50 MB. */
const MAX_QUEUED_BYTES = 16 * 1024 * 1024;
/** xterm.js draws between two writes, never during one. */
const SLICE_BYTES = 32 * 1024;

/**
 * Prints the output of a channel until it closes. While xterm.js is behind, a server that speaks
 * `curfew.v1` is asked to pause. Of one that keeps sending, the oldest output is skipped, which would
 * soon leave the scrollback anyway, and the terminal says so.
 */
export class TerminalInput {
  readonly #terminal: Terminal;
  readonly #queue: FlowControlledQueue<Uint8Array>;
  #skippedBytes = 0;

  static attach(terminal: Terminal, channel: ConsoleChannel): void {
    const input = new TerminalInput(terminal, channel);
    channel.addEventListener("message", ({ data }) => input.#received(new Uint8Array(data as ArrayBuffer)));
  }

  private constructor(terminal: Terminal, channel: ConsoleChannel) {
    this.#terminal = terminal;
    this.#queue = new FlowControlledQueue(channel, WATER_MARKS);
  }

  #received(bytes: Uint8Array): void {
    for (let at = 0; at < bytes.length; at += SLICE_BYTES) this.#queue.push(bytes.subarray(at, at + SLICE_BYTES));
    this.#feed();
    while (this.#queue.queuedBytes > MAX_QUEUED_BYTES) this.#skippedBytes += this.#queue.drop()?.length ?? 0;
  }

  #feed(): void {
    while (this.#queue.takenBytes < WATER_MARKS.high) {
      const slice = this.#queue.take();
      if (!slice) break;
      if (this.#skippedBytes > 0) this.#terminal.write(skipNotice(this.#skippedBytes));
      this.#skippedBytes = 0;
      this.#terminal.write(slice, () => {
        this.#queue.finish(slice.length);
        this.#feed();
      });
    }
    this.#queue.adjustFlow();
  }
}

/** Ends an escape sequence that was cut in two (CAN), and resets the colors. */
function skipNotice(bytes: number): string {
  return `\u0018\u001B[0m\r\n[${(bytes / 1e6).toFixed(1)} MB of output skipped]\r\n`;
}
