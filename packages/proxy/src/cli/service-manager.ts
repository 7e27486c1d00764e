import { spawn } from "node:child_process";
import { logError, type Logger } from "../telemetry/log.ts";

/** Sends datagrams to systemd: Node has no datagram sockets of Unix. */
const NOTIFY = "systemd-notify";

/** How long that may take, in milliseconds. */
const NOTIFY_MS = 5000;

/** How many times in its interval the watchdog is told: one message may be late. */
const WATCHDOG_SHARE = 3;

/** How long after the last session everything may take to close, in milliseconds. */
const CLOSING_MS = 15_000;

/** How many messages may wait while systemd does not take them. Those beyond that are dropped. */
const MAX_WAITING = 16;

/** Variables that systemd sets for a service, and that only this process is to use. */
const VARIABLES = [
  "NOTIFY_SOCKET",
  "WATCHDOG_USEC",
  "WATCHDOG_PID",
  "LISTEN_PID",
  "LISTEN_FDS",
  "LISTEN_FDNAMES",
] as const;

/** What systemd is told (sd_notify(3)). */
export type Notice = "ready" | "reloading";

/** Tells systemd how the service is, where it wants to know: `Type=notify` with `NotifyAccess=all`. */
export class ServiceManager {
  readonly #environment: Readonly<Record<string, string | undefined>>;
  readonly #command: string;
  readonly #timeoutMs: number;
  #log: Logger | undefined;
  #watchdog: NodeJS.Timeout | undefined;
  /** Messages are sent one after the other. */
  #last: Promise<void> = Promise.resolve();
  #waiting = 0;
  #isStopping = false;

  /**
   * @param environment - loses the variables of systemd, which the workers would have, too.
   * @param command - test seam.
   * @param timeoutMs - test seam.
   */
  constructor(
    environment: Record<string, string | undefined>,
    command: string = NOTIFY,
    timeoutMs: number = NOTIFY_MS,
  ) {
    this.#environment = { ...environment };
    this.#command = command;
    this.#timeoutMs = timeoutMs;
    for (const name of VARIABLES) delete environment[name];
  }

  /** The gateway listens. From now on, systemd hears regularly that it responds. */
  ready(log: Logger): void {
    this.#log = log;
    this.tell("ready");
    const { WATCHDOG_USEC, WATCHDOG_PID = String(process.pid) } = this.#environment;
    const everyMs = Number(WATCHDOG_USEC) / 1000 / WATCHDOG_SHARE;
    if (!(everyMs > 0) || WATCHDOG_PID !== String(process.pid)) return;
    this.#watchdog = setInterval(() => {
      // The message that is under way does the same.
      if (this.#waiting === 0) this.#send(["WATCHDOG=1"]);
    }, everyMs).unref();
  }

  /** A service that stops is not told to be ready again, although it still reloads. */
  tell(notice: Notice): void {
    if (!this.#isStopping) this.#send(MESSAGES[notice]());
  }

  /**
   * Running sessions finish. systemd waits for them, even where `TimeoutStopSec=` is shorter.
   *
   * @param drainMs - how long they may go on, in milliseconds.
   */
  stopping(drainMs: number): void {
    if (this.#isStopping) return;
    this.#isStopping = true;
    const extendUs = Math.ceil((drainMs + CLOSING_MS) * 1000);
    this.#send(["STOPPING=1", `EXTEND_TIMEOUT_USEC=${extendUs}`, "STATUS=lets running sessions finish"]);
  }

  /** Sends no more. */
  close(): void {
    clearInterval(this.#watchdog);
  }

  #send(assignments: readonly string[]): void {
    if (this.#environment["NOTIFY_SOCKET"] === undefined) return;
    if (this.#waiting >= MAX_WAITING && !this.#isStopping) return;
    this.#waiting += 1;
    this.#last = this.#last
      .then(async () => await this.#run(assignments))
      .catch((error: unknown) => {
        if (this.#log !== undefined) logError(this.#log, { level: "warn", error }, "systemd was not told");
      })
      .finally(() => (this.#waiting -= 1));
  }

  async #run(assignments: readonly string[]): Promise<void> {
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    const { PATH = "/usr/bin:/bin", NOTIFY_SOCKET } = this.#environment;
    const options = {
      env: { PATH, NOTIFY_SOCKET },
      stdio: "ignore",
      timeout: this.#timeoutMs,
      killSignal: "SIGKILL",
    } as const;
    spawn(this.#command, assignments, options)
      .on("error", reject)
      .on("close", (code) =>
        code === 0
          ? resolve()
          : reject(new Error(`${this.#command} ended with ${code ?? "SIGKILL, as it did not end by itself"}`)),
      );
    await promise;
  }
}

const MESSAGES: Readonly<Record<Notice, () => readonly string[]>> = {
  ready: () => ["READY=1", "STATUS=accepts sessions"],
  // The time by which systemd tells this reload from an earlier one.
  reloading: () => [
    "RELOADING=1",
    `MONOTONIC_USEC=${process.hrtime.bigint() / 1000n}`,
    "STATUS=reads its configuration",
  ],
};
