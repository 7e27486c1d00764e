import { spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import { text } from "node:stream/consumers";
import { fileURLToPath } from "node:url";

const SERVER = fileURLToPath(new URL("../../../apps/demo/src/server/main.ts", import.meta.url));
const ROOT = fileURLToPath(new URL("../../..", import.meta.url));

/** Real deadlines, but earlier ones than the demo's own, and late enough for a page to connect on a busy machine. */
const SHORT_TIMES = { CURFEW_DEMO_LIFETIMES: "12,20,90,300", CURFEW_DEMO_FAULT_DELAY: "4" };

/** The demo as `npx pnpm@12 start` runs it, in a separate process. */
export interface RunningDemo {
  readonly url: string;
  /** Stops it, and returns its exit status and the lines that it printed after its address. */
  stop(signal: "SIGTERM" | "SIGINT"): Promise<{ readonly status: number | null; readonly printed: readonly string[] }>;
}

const COMMAND = [process.execPath, ["--conditions=@curfew/source", SERVER]] as const;
// Without programs on its PATH it has no real machines, which have their own tests.
const ENVIRONMENT = { ...process.env, PATH: "", ...SHORT_TIMES };

/** Starts the demo. @param port - its port; 0 for any free port */
export async function startDemo(port = 0): Promise<RunningDemo> {
  const env = { ...ENVIRONMENT, PORT: String(port) };
  const child = spawn(...COMMAND, { cwd: ROOT, env, stdio: ["ignore", "pipe", "inherit"] });
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

/** Starts the demo with environment variables that it refuses. @returns its exit status and its standard error */
export async function failToStartDemo(
  variables: Readonly<Record<string, string>>,
): Promise<{ readonly status: number | null; readonly stderr: string }> {
  const env = { ...ENVIRONMENT, PORT: "0", ...variables };
  const child = spawn(...COMMAND, { cwd: ROOT, env, stdio: ["ignore", "ignore", "pipe"] });
  const [stderr, [status]] = await Promise.all([text(child.stderr), once(child, "close")]);
  return { status: status as number | null, stderr };
}
