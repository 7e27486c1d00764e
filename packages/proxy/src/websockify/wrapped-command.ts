import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { fstatSync } from "node:fs";
import { type AddressInfo, createServer } from "node:net";
import { constants } from "node:os";
import { ConfigError } from "../config/schema.ts";
import type { Logger } from "../telemetry/log.ts";

/** The placeholder for the port in the arguments of a wrapped command. */
const PORT_PLACE = "{port}";

/** What to do when a wrapped command exits. */
export type WrapMode = "exit" | "ignore" | "respawn";

/** How long three starts in a row must take on average, in milliseconds, as in websockify. */
const RESPAWN_MS = 10_000;

/** The exit status of a shell for a program that cannot be started. */
const NOT_STARTED = 127;

/** What a shell adds to the number of the signal that ended a program. */
const SIGNALED = 128;

/**
 * The arguments of a wrapped command with the port at which it is to listen. websockify preloads a library that turns
 * the port at which the command listens into another one; here the command is told.
 *
 * @param listenPort - where clients connect: an argument that is this number means the port of the command.
 * @throws ConfigError when no argument names the port.
 */
export function placePort(command: readonly string[], listenPort: number | undefined, port: number): readonly string[] {
  const placed = command.map((argument) =>
    listenPort !== undefined && argument === String(listenPort)
      ? String(port)
      : argument.replaceAll(PORT_PLACE, String(port)),
  );
  if (placed.some((argument, index) => argument !== command[index])) return placed;
  throw new ConfigError([
    `-- ${command.join(" ")}: expected ${PORT_PLACE} in an argument, where Curfew puts the port at which the command is ` +
      `to listen, such as: -- env PORT=${PORT_PLACE} program. websockify's rebind.so, which changes the port of a ` +
      "program that cannot be told one, is not used: start such a program by itself and name its port as the target",
  ]);
}

/** A port of 127.0.0.1 that was free a moment ago. */
export async function findFreePort(): Promise<number> {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, "close");
  return port;
}

/** Runs the command that websockify wraps. */
export class WrappedCommand {
  readonly #command: readonly string[];
  readonly #mode: WrapMode;
  readonly #log: Logger;
  readonly #exited: (status: number) => void;
  /** When it was started the last three times, in milliseconds since the epoch. */
  #starts: readonly number[] = [0, 0, 0];
  #process: ChildProcess | undefined;
  #isStopped = false;
  #respawn: NodeJS.Timeout | undefined;

  /** @param exited - called when it has exited and its mode is `exit`. */
  constructor(command: readonly string[], mode: WrapMode, log: Logger, exited: (status: number) => void) {
    this.#command = command;
    this.#mode = mode;
    this.#log = log;
    this.#exited = exited;
  }

  /** It has this process' own standard streams, so nothing that it prints is held in memory. */
  start(): void {
    const [file = "", ...args] = this.#command;
    this.#starts = [...this.#starts.slice(1), Date.now()];
    // With --inetd, the input is the socket that clients connect to.
    const input = fstatSync(0).isSocket() ? "ignore" : "inherit";
    const child = spawn(file, args, { stdio: [input, "inherit", "inherit"] });
    this.#process = child;
    child
      // Also when a signal cannot be sent to it.
      .on("error", (err) => {
        this.#log.error({ err }, "the wrapped command cannot be started or ended");
        if (child.pid === undefined) this.#ended(NOT_STARTED);
      })
      .once("exit", (code, signal) => {
        this.#log.info({ code, signal }, "the wrapped command exited");
        this.#ended(code ?? SIGNALED + (signal === null ? 0 : constants.signals[signal]));
      });
  }

  /** Ends it; it is not started again. @param signal - SIGKILL to end one that does not heed the other. */
  stop(signal: "SIGTERM" | "SIGKILL" = "SIGTERM"): void {
    this.#isStopped = true;
    clearTimeout(this.#respawn);
    this.#process?.kill(signal);
  }

  #ended(status: number): void {
    this.#process = undefined;
    if (this.#isStopped || this.#mode === "ignore") return;
    if (this.#mode === "exit") return this.#exited(status);
    const average = this.#starts.reduce((sum, each) => sum + each, 0) / this.#starts.length;
    const delay = Math.max(0, average + RESPAWN_MS - Date.now());
    if (delay > 0) this.#log.warn({ delay_ms: delay }, "the wrapped command exits too fast; it is started again later");
    this.#respawn = setTimeout(() => this.start(), delay);
  }
}
