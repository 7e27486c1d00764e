import type { Socket } from "node:net";
import { setImmediate as nextTurn, setTimeout as delay } from "node:timers/promises";
import type { Fault, PointFault } from "../faults/fault.ts";
import { seededBytes } from "../faults/seeded-bytes.ts";
import { ConnectionEnded } from "./reader.ts";

const RESET_DELAY_MS = 10;

/** What faults do to the connection. */
export interface FaultHooks {
  /** The next piece of an endless stream. */
  flood(): Uint8Array;
  stopReading(): void;
  reset(): void;
  end(): void;
}

/** Sends everything that a fake server writes, in order, and injects the faults of its script. */
export class FaultInjectingWriter<Phase extends string> {
  readonly #socket: Socket;
  readonly #hooks: FaultHooks;
  /** Faults at a number of bytes, lowest first. */
  readonly #atByte: PointFault<Phase>[];
  readonly #atPhase: PointFault<Phase>[];
  readonly #timers: NodeJS.Timeout[] = [];
  readonly #ended: Promise<never>;
  readonly #splitBytes: number;
  readonly #bytesPerSecond: number;
  #tail: Promise<unknown> = Promise.resolve();
  #sent = 0;
  #stalled: { promise: Promise<void>; release: () => void } | undefined;

  constructor(socket: Socket, faults: readonly Fault<Phase>[], hooks: FaultHooks) {
    this.#socket = socket;
    this.#hooks = hooks;
    const { promise, reject } = Promise.withResolvers<never>();
    promise.catch(() => {});
    this.#ended = promise;
    const points = faults.filter((fault) => "at" in fault);
    this.#atByte = points.filter(({ at }) => typeof at === "number").toSorted((a, b) => Number(a.at) - Number(b.at));
    this.#atPhase = points.filter(({ at }) => typeof at === "string");
    this.#splitBytes = least(faults.map((fault) => (fault.type === "split" ? fault.bytes : Infinity)));
    this.#bytesPerSecond = least(faults.map((fault) => (fault.type === "slow" ? fault.bytesPerSecond : Infinity)));
    for (const fault of points) {
      if (typeof fault.at === "object") this.#after(fault.at.afterMs, () => void this.#strikeNow(fault));
    }
    socket.on("close", () => {
      for (const timer of this.#timers) clearTimeout(timer);
      reject(new ConnectionEnded());
    });
    this.#queue(() => this.#strikeDue()).catch(() => {});
  }

  /** Bytes handed to the operating system so far. */
  get sent(): number {
    return this.#sent;
  }

  /**
   * Sends bytes after everything before them; resolves when the operating system has taken them.
   * @throws ConnectionEnded when the connection ends first
   */
  write(bytes: Uint8Array): Promise<void> {
    return this.#queue(() => this.#send(bytes));
  }

  /**
   * Marks the beginning of a phase, where faults may strike.
   * @throws ConnectionEnded when the connection ends there
   */
  enter(phase: Phase): Promise<void> {
    return this.#queue(async () => {
      for (const fault of this.#atPhase) if (fault.at === phase) await this.#strike(fault);
      await this.#unstalled();
    });
  }

  /** Holds all output back until {@link resume}. */
  stall(): void {
    if (this.#stalled !== undefined) return;
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#stalled = { promise, release: resolve };
  }

  /** Ends a stall. */
  resume(): void {
    this.#stalled?.release();
    this.#stalled = undefined;
  }

  #queue(step: () => Promise<void>): Promise<void> {
    const done = this.#tail.then(step);
    // A caller that does not await a write need not handle its failure: `closed` reports it.
    this.#tail = done.catch(() => {});
    return done;
  }

  async #send(bytes: Uint8Array): Promise<void> {
    const slice = Math.min(this.#splitBytes, Math.ceil(this.#bytesPerSecond / 20));
    let rest = bytes;
    while (rest.length > 0) {
      await this.#unstalled();
      const toNextFault = Number(this.#atByte[0]?.at ?? Infinity) - this.#sent;
      const piece = rest.subarray(0, Math.min(rest.length, slice, toNextFault));
      await this.#put(piece);
      rest = rest.subarray(piece.length);
      await this.#strikeDue();
    }
  }

  async #put(piece: Uint8Array): Promise<void> {
    if (!this.#socket.writable) throw new ConnectionEnded();
    await new Promise<void>((resolve, reject) => {
      this.#socket.write(piece, (error) => (error ? reject(new ConnectionEnded()) : resolve()));
    });
    this.#sent += piece.length;
    // Without a turn of the event loop between them, a reader in this process would see several writes at once.
    if (this.#splitBytes !== Infinity) await nextTurn();
    if (this.#bytesPerSecond !== Infinity) await delay((piece.length * 1000) / this.#bytesPerSecond);
  }

  async #unstalled(): Promise<void> {
    while (this.#stalled !== undefined) await Promise.race([this.#stalled.promise, this.#ended]);
  }

  async #strikeDue(): Promise<void> {
    for (let next = this.#atByte[0]; next !== undefined && Number(next.at) <= this.#sent; next = this.#atByte[0]) {
      this.#atByte.shift();
      await this.#strike(next);
    }
  }

  /** For a fault at a point in time: faults that send wait for their turn, others must not wait behind a blocked write. */
  #strikeNow(fault: PointFault<Phase>): Promise<void> {
    if (fault.type !== "garbage" && fault.type !== "flood") return this.#strike(fault).catch(() => {});
    return this.#queue(() => this.#strike(fault)).catch(() => {});
  }

  async #strike(fault: PointFault<Phase>): Promise<void> {
    switch (fault.type) {
      case "stall":
        this.stall();
        if (fault.forMs !== undefined) this.#after(fault.forMs, () => this.resume());
        return;
      case "stop_reading":
        this.#hooks.stopReading();
        return;
      case "reset":
        // RST discards what the client has not read yet, so give it a moment to read.
        await delay(RESET_DELAY_MS);
        this.#hooks.reset();
        return this.#ended;
      case "close":
        this.#hooks.end();
        return this.#ended;
      case "garbage":
        await this.#put(seededBytes(fault.seed ?? 1, fault.bytes ?? 64));
        return this.#ended;
      case "flood":
        for (;;) {
          await this.#unstalled();
          await this.#put(this.#hooks.flood());
        }
    }
  }

  #after(ms: number, action: () => void): void {
    this.#timers.push(setTimeout(action, ms).unref());
  }
}

function least(values: readonly number[]): number {
  return Math.min(Infinity, ...values);
}
