import type { Terminal } from "@xterm/xterm";
import type { ConsoleChannel } from "../../connection/channel/channel.ts";
import { FlowControlledQueue } from "../../util/flow-controlled-queue.ts";
import { type Bytes, decode, type SerialEncoding } from "./encodings.ts";
import { RESET_MODES } from "./reset.ts";
import { Telnet } from "./telnet.ts";

/** xterm.js parses about 10 MB per second. With these marks a key pressed during a flood is answered soon. */
const WATER_MARKS = { high: 512 * 1024, low: 128 * 1024 };
/** How much is buffered of a server that does not pause: many times the scrollback. xterm.js fails at 50 MB. */
const MAX_QUEUED_BYTES = 16 * 1024 * 1024;
/** xterm.js draws between two writes, never during one. */
const SLICE_BYTES = 32 * 1024;

/** Callbacks of {@link MachineOutput}. */
export interface OutputOwner {
  /** Console bytes arrived, without telnet's negotiation. */
  received(bytes: Uint8Array): void;
  /** Sends an answer that is not input of the user. */
  reply(bytes: Bytes): void;
}

/**
 * Prints what the machine sends, connection after connection and in order. While xterm.js is behind, a
 * server that speaks `curfew.v1` is asked to pause. Of one that keeps sending, the oldest output is
 * skipped, which would soon leave the scrollback anyway, and the terminal says so.
 *
 * In a hidden tab xterm.js prints little, because browsers slow its timers down. The server is not
 * asked to pause then, which would stop a machine that writes to its console.
 */
export class MachineOutput {
  readonly #terminal: Terminal;
  readonly #owner: OutputOwner;
  readonly #queue: FlowControlledQueue<Uint8Array>;
  readonly #stopped = new AbortController();
  #encoding: SerialEncoding = "utf-8";
  #channel: ConsoleChannel | undefined;
  #telnet: Telnet | undefined;
  #skippedBytes = 0;

  constructor(terminal: Terminal, owner: OutputOwner) {
    this.#terminal = terminal;
    this.#owner = owner;
    this.#queue = new FlowControlledQueue(
      {
        pause: () => !document.hidden && (this.#channel?.pause() ?? false),
        resume: () => this.#channel?.resume(),
      },
      WATER_MARKS,
    );
    const onVisibility = (): void => {
      if (document.hidden) this.#channel?.resume();
    };
    document.addEventListener("visibilitychange", onVisibility, { signal: this.#stopped.signal });
  }

  set encoding(encoding: SerialEncoding) {
    this.#encoding = encoding;
  }

  /** Whether the current connection speaks telnet. */
  get telnet(): boolean {
    return this.#telnet?.active === true;
  }

  /** Prints the output of another connection, after what an earlier one has left. */
  attach(channel: ConsoleChannel): void {
    if (this.#channel) this.#push(new TextEncoder().encode(RESET_MODES));
    this.#channel = channel;
    const telnet = (this.#telnet = new Telnet((bytes) => this.#owner.reply(bytes)));
    channel.addEventListener("message", ({ data }) => this.#received(telnet, new Uint8Array(data as ArrayBuffer)), {
      signal: this.#stopped.signal,
    });
  }

  /** Prints nothing any more. */
  stop(): void {
    this.#stopped.abort();
    this.#queue.clear();
  }

  #received(telnet: Telnet, received: Uint8Array): void {
    const bytes = telnet.receive(received);
    if (bytes.length === 0) return;
    this.#owner.received(bytes);
    this.#push(bytes);
  }

  #push(bytes: Uint8Array): void {
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
      this.#terminal.write(decode(slice, this.#encoding), () => {
        this.#queue.finish(slice.length);
        if (!this.#stopped.signal.aborted) this.#feed();
      });
    }
    this.#queue.adjustFlow();
  }
}

/** Ends an escape sequence that was cut in two (CAN), and resets the colors. */
function skipNotice(bytes: number): string {
  return `\u0018\u001B[0m\r\n[${(bytes / 1e6).toFixed(1)} MB of output skipped]\r\n`;
}
