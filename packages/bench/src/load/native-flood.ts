import { readFileSync } from "node:fs";
import { join } from "node:path";
import { type Child, startChild } from "../machine/child-process.ts";
import { compileC } from "../machine/compile-c.ts";
import type { ConnectOptions } from "./client.ts";

/** How much had arrived at the target at an instant. */
export interface Arrived {
  /** On the generator's own clock. */
  readonly ms: number;
  readonly bytes: number;
}

/** A load generator in C, for scenarios in which it shares the proxy's cores. Clients send to the target. */
export interface NativeFlood {
  readonly pid: number;
  /** The last report, at most 50 ms old. @throws Error with its output if it has exited because a session ended */
  arrived(): Arrived;
  stop(): Promise<void>;
}

/** Options of {@link startNativeFlood}. */
export interface NativeFloodOptions {
  readonly connect: ConnectOptions;
  readonly targetPort: number;
  readonly sessions: number;
  /** Folder for its executable and log. */
  readonly folder: string;
  /** Pins its command to cores. */
  readonly pin: (command: readonly string[]) => readonly string[];
}

/** Opens sessions and floods them; resolves once all are open. */
export async function startNativeFlood(options: NativeFloodOptions): Promise<NativeFlood> {
  const { connect, targetPort, sessions, folder, pin } = options;
  const program = await compileC(join(import.meta.dirname, "native-flood.c"), folder);
  const { path = "/", subprotocols = [] } = connect.upgrade ?? {};
  const numbers = [connect.port, targetPort, sessions].map(String);
  const log = join(folder, "flood.log");
  const child = await startChild(pin([program, ...numbers, path, subprotocols.join(", ")]), log);
  await child.until(() => lastLine(child) !== undefined);
  return {
    pid: child.pid,
    arrived() {
      const last = lastLine(child);
      if (child.running() && last !== undefined) return last;
      throw new Error(`the generator has exited: ${readFileSync(log, "utf8")}`);
    },
    stop: () => child.stop(),
  };
}

/** Parses the last complete line. */
function lastLine(child: Child): Arrived | undefined {
  const [, ms, bytes] = /(?:^|\n)([\d.]+) (\d+)\n[^\n]*$/.exec(child.stdout()) ?? [];
  return ms === undefined ? undefined : { ms: Number(ms), bytes: Number(bytes) };
}
