import { type Duplex, duplexPair } from "node:stream";
import type { ClientFilter } from "../../src/consoles/client-filter.ts";
import { BufferPool } from "../../src/net/buffer-pool.ts";
import { FilteredRelay } from "../../src/relay/filtered-relay.ts";
import { Relay } from "../../src/relay/relay.ts";
import type { Tap } from "../../src/relay/tap.ts";
import { readChunks } from "../../src/targets/reader.ts";
import { Turns } from "../../src/time/turns.ts";
import { WebSocketConnection } from "../../src/websocket/connection.ts";
import { PauseReason } from "../../src/websocket/pause-reason.ts";
import { clientFrame } from "./client-frames.ts";
import { parseServerFrames } from "./server-frames.ts";

export interface MemorySessionOptions {
  readonly filter?: ClientFilter;
  readonly taps?: readonly Tap[];
  /** Shared with other sessions. @defaultValue this one never waits, however slow the machine is */
  readonly turns?: Turns;
  /** Handles what the client sends. @defaultValue passes it on */
  readonly onBytes?: (run: Buffer) => void;
}

/** Lets everyone work at once. */
class NoTurns extends Turns {
  override mayWork(): boolean {
    return true;
  }

  override mayGoOn(): boolean {
    return true;
  }
}

/** A client and a target that a relay connects, all in memory: each side takes nothing that it is not asked to read. */
export class MemorySession {
  readonly relay: Relay;
  readonly connection: WebSocketConnection;
  /** The gateway's end of the target. */
  readonly target: Duplex;
  /** The machine's end of it. */
  readonly machine: Duplex;
  readonly failures: unknown[] = [];
  readonly #browser: Duplex;
  readonly #received: Buffer[] = [];

  constructor({ filter, taps = [], turns = new NoTurns(() => {}), onBytes }: MemorySessionOptions = {}) {
    const buffers = new BufferPool();
    // Nothing is taken ahead of what is read.
    const [stream, browser] = duplexPair({ highWaterMark: 1 });
    const [target, machine] = duplexPair({ highWaterMark: 1 });
    this.#browser = browser;
    this.target = target;
    this.machine = machine;
    const text = { isControl: false, maxBytes: 0 };
    this.connection = new WebSocketConnection(stream, Buffer.alloc(0), {
      subprotocol: undefined,
      text,
      buffers,
      turns,
    });
    const onFailed = (error: unknown): void => {
      this.failures.push(error);
      this.relay.stop();
    };
    const options = { buffers, turns, taps, session: { mayPass: () => true, onFailed } };
    this.relay =
      filter === undefined ? new Relay(this.connection, options) : new FilteredRelay(this.connection, options, filter);
    this.connection.listen({
      onBytes: onBytes ?? ((run) => this.relay.forwardToTarget(run)),
      onText: () => {},
      onTextTooLong: () => {},
      onPong: () => {},
      onClose: () => {},
      onProtocolError: () => {},
      onFailed,
      onSocketClosed: () => {},
    });
    readChunks(target, this.relay.reader);
    this.relay.attach({ connection: target, start: () => target.resume() }, () => {});
    this.connection.resume(PauseReason.noTarget);
  }

  /** From now on the browser reads. */
  readAsBrowser(): void {
    this.#browser.on("data", (chunk: Buffer) => this.#received.push(chunk));
  }

  /** What the browser has read. */
  get receivedRaw(): Buffer {
    return Buffer.concat(this.#received);
  }

  /** Console bytes that the browser has read. */
  get received(): string {
    const { frames } = parseServerFrames(this.receivedRaw);
    return Buffer.concat(frames.map(({ payload }) => payload)).toString("latin1");
  }

  /** Sends console bytes as the browser, in a frame of its own. */
  send(bytes: Buffer | string): void {
    this.sendRaw(clientFrame(2, bytes));
  }

  /** Sends bytes as the browser, which may be several frames or parts of one. */
  sendRaw(bytes: Buffer): void {
    this.#browser.write(bytes);
  }
}

/** Runs everything that is due now. */
export async function settle(): Promise<void> {
  for (let turn = 0; turn < 20; turn += 1) await new Promise((resolve) => setImmediate(resolve));
}
