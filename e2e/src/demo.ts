import { spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";

const server = fileURLToPath(new URL("../../apps/demo/src/server/main.ts", import.meta.url));
const root = fileURLToPath(new URL("../..", import.meta.url));

/** The demo as `pnpm start` runs it, in a process of its own. */
export interface RunningDemo {
  readonly url: string;
  /** Ends it, and gives its exit status and what it had printed besides its address. */
  stop(signal: "SIGTERM" | "SIGINT"): Promise<{ readonly status: number | null; readonly printed: readonly string[] }>;
}

/** Starts the demo; port 0 is any free one. */
export async function startDemo(port = 0): Promise<RunningDemo> {
  const child = spawn(process.execPath, ["--conditions=@curfew/source", server], {
    cwd: root,
    // Without programs on its path there are no real machines, which have suites of their own.
    env: { ...process.env, PORT: String(port), PATH: "", CURFEW_DEMO_FAULT_TTL: "6" },
    stdio: ["ignore", "pipe", "inherit"],
  });
  const closed = once(child, "close");
  const lines = createInterface(child.stdout)[Symbol.asyncIterator]();
  const { value: url } = (await lines.next()) as { value: string };
  return {
    url,
    stop: async (signal) => {
      child.kill(signal);
      const [status] = (await closed) as [number | null];
      const printed: string[] = [];
      for (let line = await lines.next(); line.done !== true; line = await lines.next()) printed.push(line.value);
      return { status, printed };
    },
  };
}
