import { constants } from "node:fs";
import { access } from "node:fs/promises";
import { dirname } from "node:path";
import type { Tap } from "../relay/tap.ts";
import type { SessionInfo } from "../telemetry/session-info.ts";
import { logError, type Logger } from "../telemetry/log.ts";
import { Recording } from "./recording.ts";

/** How long the last bytes of recordings may take to reach the disk when the gateway stops, in milliseconds. */
const CLOSING_MS = 5000;

/** Records every session to files of its own, in websockify's format. */
export class Recorder {
  readonly #prefix: string;
  readonly #log: Logger;
  /** Those whose files are open. */
  readonly #open = new Set<Recording>();
  /** How many recordings a session has: one for each of its connections. */
  readonly #counts = new WeakMap<SessionInfo, number>();

  /** @param prefix - what the files' names begin with: `<prefix>.<session>`, for a second channel `<prefix>.<session>.2`. */
  constructor(prefix: string, log: Logger) {
    this.#prefix = prefix;
    this.#log = log;
  }

  /** @throws Error naming the option, when files cannot be made there. */
  async check(): Promise<void> {
    const folder = dirname(this.#prefix);
    await access(folder, constants.W_OK | constants.X_OK).catch((error: NodeJS.ErrnoException) => {
      throw new Error(`record: files cannot be made in ${folder}: ${error.code ?? error.message}`);
    });
  }

  /** Begins to record a channel of a session. A recording that fails ends the session. */
  record(session: SessionInfo): Tap {
    const count = (this.#counts.get(session) ?? 0) + 1;
    this.#counts.set(session, count);
    const path = `${this.#prefix}.${session.id}${count === 1 ? "" : `.${count}`}`;
    const recording = new Recording(path);
    this.#open.add(recording);
    recording.closed.then(
      () => this.#open.delete(recording),
      (error: unknown) => {
        this.#open.delete(recording);
        logError(this.#log, { level: "error", error, session: session.id, path }, "a recording is incomplete");
      },
    );
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
