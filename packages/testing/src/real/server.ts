import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { PortTakenError } from "./ports.ts";
import type { ServerProcess } from "./process.ts";

/** A real console server that was started for a test or a demonstration. Listens on loopback only. */
export interface RealServer extends AsyncDisposable {
  readonly host: string;
  /** TCP port. */
  readonly port: number;
  /** Settles when the server has left, whether it was stopped or fell over; never rejects. */
  readonly exited: Promise<void>;
  /** The last of what the server wrote to its standard error. */
  stderr(): string;
  /** Ends the server and everything it started, and removes its files. More than one call is one call. */
  stop(): Promise<void>;
}

/** A folder of the server's own, which `stop` removes. */
export async function makeFolder(kind: string): Promise<string> {
  return mkdtemp(join(tmpdir(), `curfew-${kind}-`));
}

/**
 * Waits until a server is ready.
 * @param ready - settles when it is; receives a signal that fires when there is no more use in waiting.
 * @throws PortTakenError when the server left because its port is in use.
 * @throws Error with the server's error output when it left for another cause, or is not ready in time.
 */
export async function whenReady(
  name: string,
  server: ServerProcess,
  timeoutMs: number,
  ready: (signal: AbortSignal) => Promise<unknown>,
): Promise<void> {
  const left = new AbortController();
  const timeout = AbortSignal.timeout(timeoutMs);
  const giveUp = AbortSignal.any([left.signal, timeout]);
  void server.exited.then(() => left.abort());
  const stop = new Promise<never>((_, reject) => {
    giveUp.addEventListener("abort", () => {
      reject(
        failure(name, server.stderr(), timeout.aborted ? `is not ready after ${timeoutMs} ms` : "left at its start"),
      );
    });
  });
  await Promise.race([ready(giveUp), stop]);
}

function failure(name: string, stderr: string, what: string): Error {
  const message = `${name} ${what}: ${stderr.trim() === "" ? "it wrote no error" : stderr.trim()}`;
  return /address already in use|failed to find an available port/i.test(stderr)
    ? new PortTakenError(message)
    : new Error(message);
}

/** The part that all real servers share: the address, and an end that happens once. */
export function realServer(
  port: number,
  host: string,
  parts: { readonly processes: readonly [ServerProcess, ...ServerProcess[]]; readonly folder: string },
): RealServer {
  const [main] = parts.processes;
  let stopped: Promise<void> | undefined;
  const stop = (): Promise<void> => (stopped ??= discard(parts.processes, parts.folder));
  return { host, port, exited: main.exited, stderr: () => main.stderr(), stop, [Symbol.asyncDispose]: stop };
}

/** Ends the processes, the last started first, and removes the folder. */
export async function discard(processes: readonly ServerProcess[], folder: string): Promise<void> {
  for (const server of processes.toReversed()) {
    await server.stop();
  }
  await rm(folder, { recursive: true, force: true });
}
