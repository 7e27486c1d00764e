import type { Terminal } from "@xterm/xterm";
import type { ConsoleChannel } from "../channel.ts";

/**
 * Bytes that may wait before the gateway is asked to pause, and at which it may go on. xterm.js
 * parses about 10 MB in a second: a key pressed in a flood is answered soon.
 */
const HIGH_WATER_BYTES = 512 * 1024;
const LOW_WATER_BYTES = 128 * 1024;
/** What is kept of a server that does not pause: many times the scrollback. xterm.js gives up at 50 MB. */
const MAX_WAITING_BYTES = 16 * 1024 * 1024;
/** xterm.js draws between two writes, never within one. */
const SLICE_BYTES = 32 * 1024;

/**
 * Prints what a channel brings, until it closes. While xterm.js is behind, the server is asked to
 * pause, where it speaks `curfew.v1`; of one that goes on sending the oldest output is left out, as
 * it would soon be out of the scrollback, and the terminal says so.
 */
export class Output {
  readonly #terminal: Terminal;
  readonly #channel: ConsoleChannel;
  readonly #queue: Uint8Array[] = [];
  #queuedBytes = 0;
  /** What xterm.js was given and has not parsed yet. */
  #parsingBytes = 0;
  #skippedBytes = 0;
  #paused = false;

  constructor(terminal: Terminal, channel: ConsoleChannel) {
    this.#terminal = terminal;
    this.#channel = channel;
  }

  start(): void {
    this.#channel.addEventListener("message", ({ data }) => this.#received(new Uint8Array(data as ArrayBuffer)));
  }

  get #waitingBytes(): number {
    return this.#queuedBytes + this.#parsingBytes;
  }

  #received(bytes: Uint8Array): void {
    for (let at = 0; at < bytes.length; at += SLICE_BYTES) this.#queue.push(bytes.subarray(at, at + SLICE_BYTES));
    this.#queuedBytes += bytes.length;
    this.#feed();
    if (!this.#paused && this.#waitingBytes > HIGH_WATER_BYTES) this.#paused = this.#channel.pause();
    while (this.#queuedBytes > MAX_WAITING_BYTES) this.#skippedBytes += this.#take()?.length ?? 0;
  }

  #feed(): void {
    while (this.#parsingBytes < HIGH_WATER_BYTES) {
      const slice = this.#take();
      if (!slice) return;
      if (this.#skippedBytes > 0) this.#terminal.write(skipped(this.#skippedBytes));
      this.#skippedBytes = 0;
      this.#parsingBytes += slice.length;
      this.#terminal.write(slice, () => this.#parsed(slice.length));
    }
  }

  #take(): Uint8Array | undefined {
    const slice = this.#queue.shift();
    this.#queuedBytes -= slice?.length ?? 0;
    return slice;
  }

  #parsed(bytes: number): void {
    this.#parsingBytes -= bytes;
    this.#feed();
    if (!this.#paused || this.#waitingBytes > LOW_WATER_BYTES) return;
    this.#paused = false;
    this.#channel.resume();
  }
}

/** Ends what may have been cut in two (CAN), and the colours that were on. */
function skipped(bytes: number): string {
  return `\u0018\u001B[0m\r\n[${(bytes / 1e6).toFixed(1)} MB of output skipped]\r\n`;
}
