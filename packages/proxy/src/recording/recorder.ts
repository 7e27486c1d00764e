import { constants } from "node:fs";
import { access } from "node:fs/promises";
import { dirname } from "node:path";
import type { Tap } from "../relay/tap.ts";
import type { SessionInfo } from "../telemetry/session-info.ts";
import { logError, type Logger } from "../telemetry/log.ts";
import { Recording } from "./recording.ts";
import { RecordingDisk } from "./recording-disk.ts";
import { TrafficPrinter } from "./traffic.ts";

/** How long the last bytes of recordings may take to reach the disk when the gateway stops, in milliseconds. */
const CLOSING_MS = 5000;

/** How many recordings of sessions that have ended may wait for the disk: with a disk that hangs they would only grow. */
const MAX_UNWRITTEN = 256;

/**
 * The taps of all sessions, as the registry takes them.
 *
 * @param record - begins to record a channel of a session; undefined without recordings.
 * @param printsTraffic - whether there is a {@link TrafficPrinter} as well.
 */
export function createTaps(
  record: ((session: SessionInfo) => Tap) | undefined,
  printsTraffic: boolean,
): { createTaps?: (session: SessionInfo) => readonly Tap[] } {
  if (!printsTraffic) return record === undefined ? {} : { createTaps: (session) => [record(session)] };
  const printer = new TrafficPrinter();
  return { createTaps: (session) => (record === undefined ? [printer] : [record(session), printer]) };
}

/** Records every session to files of its own, in websockify's format. */
export class Recorder {
  readonly #prefix: string;
  readonly #log: Logger;
  readonly #disk: RecordingDisk;
  /** Those whose files are open. */
  readonly #open = new Set<Recording>();
  /** Those of them whose session has ended. */
  readonly #unwritten = new Set<Recording>();
  /** How many recordings a session has: one for each of its connections. */
  readonly #counts = new WeakMap<SessionInfo, number>();

  /**
   * @param prefix - what the files' names begin with: `<prefix>.<session>`, for a second channel `<prefix>.<session>.2`.
   * @param disk - test seam.
   */
  constructor(prefix: string, log: Logger, disk: RecordingDisk = new RecordingDisk()) {
    this.#prefix = prefix;
    this.#log = log;
    this.#disk = disk;
  }

  /** @throws Error naming the option, when files cannot be made there. */
  async check(): Promise<void> {
    const folder = dirname(this.#prefix);
    await access(folder, constants.W_OK | constants.X_OK).catch((error: NodeJS.ErrnoException) => {
      throw new Error(`record: files cannot be made in ${folder}: ${error.code ?? error.message}`);
    });
  }

  /**
   * Begins to record a channel of a session. A recording that fails ends the session.
   *
   * @throws Error when the disk does not take earlier recordings.
   */
  record(session: SessionInfo): Tap {
    this.#disk.check();
    if (this.#unwritten.size >= MAX_UNWRITTEN) {
      throw new Error(`the disk is slow: ${this.#unwritten.size} recordings of sessions that have ended wait for it`);
    }
    const count = (this.#counts.get(session) ?? 0) + 1;
    this.#counts.set(session, count);
    const path = `${this.#prefix}.${session.id}${count === 1 ? "" : `.${count}`}`;
    const recording: Recording = new Recording(path, this.#disk, () => this.#unwritten.add(recording));
    this.#open.add(recording);
    const forget = (): void => {
      this.#open.delete(recording);
      this.#unwritten.delete(recording);
    };
    recording.closed.then(forget, (error: unknown) => {
      forget();
      logError(this.#log, { level: "error", error, session: session.id, path }, "a recording is incomplete");
    });
    return recording;
  }

  /** Resolves when the recordings of sessions that have ended are with the disk, or take too long. */
  async close(): Promise<void> {
    const late = Promise.withResolvers<void>();
    const timer = setTimeout(late.resolve, CLOSING_MS);
    await Promise.race([Promise.allSettled([...this.#open].map(async ({ closed }) => await closed)), late.promise]);
    clearTimeout(timer);
  }
}
