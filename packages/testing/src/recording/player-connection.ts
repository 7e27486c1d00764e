import type { Socket } from "node:net";
import { setTimeout as delay } from "node:timers/promises";
import type { Fault } from "../faults/fault.ts";
import { FakeConnection } from "../net/connection.ts";
import { ConnectionEnded } from "../net/reader.ts";
import type { RecordedEvent, EventLog } from "../net/event-log.ts";
import type { ConnectionEvents } from "../net/server.ts";
import type { RecordedPiece } from "./format.ts";

/** What a player records. */
export interface PlayerEvents extends ConnectionEvents {
  /** Everything recorded was sent. */
  readonly played: RecordedEvent & { readonly bytes: number };
}

/** What is played, and how. */
export interface Playback {
  readonly recorder: EventLog<PlayerEvents>;
  readonly pieces: readonly RecordedPiece[];
  /** How many bytes the client sends up to and with ClientInit. */
  readonly handshakeLength: number;
  readonly speed: number;
}

/** One client of a player. Each sees the recording from its beginning. */
export class PlayerConnection extends FakeConnection<never> {
  readonly #playback: Playback;
  readonly #left = new AbortController();
  #taken = 0;

  /** @internal Made by the server. */
  constructor(socket: Socket, number: number, faults: readonly Fault[], playback: Playback) {
    super(socket, number, faults);
    this.#playback = playback;
    void this.closed.then(() => this.#left.abort());
  }

  /** @internal */
  protected override async serve(): Promise<void> {
    const { recorder, pieces, handshakeLength, speed } = this.#playback;
    let recordedInput = 0;
    let lastMs: number | undefined;
    for (const { from, atMs, bytes } of pieces) {
      if (from === "client") {
        recordedInput += bytes.length;
        continue;
      }
      // The handshake goes in turns. After it comes one byte at least, then the recording's own pace: what a client
      // says there differs from one to the next.
      await this.#waitForInput(Math.min(recordedInput, handshakeLength + 1));
      if (lastMs !== undefined) await this.#wait((atMs - lastMs) / speed);
      lastMs = atMs;
      await this.output.write(bytes);
    }
    recorder.record("played", { connection: this.number, bytes: this.bytesSent });
    for (;;) await this.reader.readSome();
  }

  /** @internal */
  protected override problem(message: string): void {
    this.#playback.recorder.record("problem", { connection: this.number, message });
  }

  async #waitForInput(length: number): Promise<void> {
    while (this.#taken < length) this.#taken += (await this.reader.readSome()).length;
  }

  async #wait(ms: number): Promise<void> {
    if (ms <= 0) return;
    await delay(ms, undefined, { signal: this.#left.signal }).catch(() => {
      throw new ConnectionEnded();
    });
  }
}
