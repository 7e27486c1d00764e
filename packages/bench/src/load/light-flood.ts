import { readFileSync } from "node:fs";
import { join } from "node:path";
import { type Child, startChild } from "../machine/child.ts";
import { compile } from "../machine/compile.ts";
import type { Entrance } from "./client.ts";

/** How much had arrived at the target at a time. */
export interface Arrived {
  readonly ms: number;
  readonly bytes: number;
}

/** A generator in C for the measures in which it shares the proxy's cores: it sends from clients to the target. */
export interface LightFlood {
  readonly pid: number;
  /** At most 50 ms old. @throws Error with its output when it has left: a session has ended */
  arrived(): Arrived;
  stop(): Promise<void>;
}

/** Where and how the generator runs. */
export interface LightFloodOptions {
  readonly entrance: Entrance;
  readonly targetPort: number;
  readonly sessions: number;
  /** Where it may write. */
  readonly folder: string;
  readonly place: (command: readonly string[]) => readonly string[];
}

/** Opens sessions and floods them; resolves when all are open. */
export async function startLightFlood(options: LightFloodOptions): Promise<LightFlood> {
  const { entrance, targetPort, sessions, folder, place } = options;
  const program = await compile(join(import.meta.dirname, "light-flood.c"), folder);
  const { path = "/", subprotocols = [] } = entrance.ticket ?? {};
  const numbers = [entrance.port, targetPort, sessions].map(String);
  const log = join(folder, "flood.log");
  const child = await startChild(place([program, ...numbers, path, subprotocols.join(", ")]), log);
  await child.until(() => lastLine(child) !== undefined);
  return {
    pid: child.pid,
    arrived() {
      const last = lastLine(child);
      if (child.running() && last !== undefined) return last;
      throw new Error(`the generator has left: ${readFileSync(log, "utf8")}`);
    },
    stop: () => child.stop(),
  };
}

/** The last line that is complete. */
function lastLine(child: Child): Arrived | undefined {
  const [, ms, bytes] = /(?:^|\n)([\d.]+) (\d+)\n[^\n]*$/.exec(child.stdout()) ?? [];
  return ms === undefined ? undefined : { ms: Number(ms), bytes: Number(bytes) };
}
