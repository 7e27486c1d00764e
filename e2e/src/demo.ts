import { spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import { text } from "node:stream/consumers";
import { fileURLToPath } from "node:url";

const server = fileURLToPath(new URL("../../apps/demo/src/server/main.ts", import.meta.url));
const root = fileURLToPath(new URL("../..", import.meta.url));

/** Deadlines that are as real as the usual ones, and sooner. */
const shorter = { CURFEW_DEMO_LIFETIMES: "6,20,90,300", CURFEW_DEMO_FAULT_DELAY: "1.5" };

/** The demo as `pnpm start` runs it, in a process of its own. */
export interface RunningDemo {
  readonly url: string;
  /** Ends it, and gives its exit status and what it had printed besides its address. */
  stop(signal: "SIGTERM" | "SIGINT"): Promise<{ readonly status: number | null; readonly printed: readonly string[] }>;
}

const command = [process.execPath, ["--conditions=@curfew/source", server]] as const;
// Without programs on its path there are no real machines, which have suites of their own.
const environment = { ...process.env, PATH: "", ...shorter };

/** Starts the demo; port 0 is any free one. */
export async function startDemo(port = 0): Promise<RunningDemo> {
  const env = { ...environment, PORT: String(port) };
  const child = spawn(...command, { cwd: root, env, stdio: ["ignore", "pipe", "inherit"] });
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

/** Starts the demo with variables that it refuses, and gives its exit status and what it said. */
export async function failToStartDemo(
  variables: Readonly<Record<string, string>>,
): Promise<{ readonly status: number | null; readonly said: string }> {
  const env = { ...environment, PORT: "0", ...variables };
  const child = spawn(...command, { cwd: root, env, stdio: ["ignore", "ignore", "pipe"] });
  const [said, [status]] = await Promise.all([text(child.stderr), once(child, "close")]);
  return { status: status as number | null, said };
}
