import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { delimiter, join } from "node:path";
import { createInterface } from "node:readline";

/** A call that nova-compute got. */
export interface ReceivedCall {
  readonly context: Readonly<Record<string, unknown>>;
  readonly uuid: string;
  readonly name: string;
  readonly port: string;
  readonly type: string;
}

/** A responder written with oslo.messaging, in the first Python on the PATH that has it. */
export interface NovaCompute extends AsyncDisposable {
  /** In order of arrival. */
  readonly calls: readonly ReceivedCall[];
}

/** Where nova-compute is, and what it says. */
export interface NovaComputeOptions {
  readonly transportUrl: string;
  /** The name of its host, as in the column `host` of `instances`. */
  readonly host: string;
  /** The port of every console. @defaultValue 5900 */
  readonly port?: number;
}

/**
 * Starts `nova-compute.py`; resolves when it listens. It ends with this process, too.
 *
 * @throws Error when there is no such Python, or when it does not start.
 */
export async function startNovaCompute({ transportUrl, host, port = 5900 }: NovaComputeOptions): Promise<NovaCompute> {
  const pythons = (process.env["PATH"] ?? "").split(delimiter).map((folder) => join(folder, "python3"));
  const modules = "import oslo_messaging, oslo_versionedobjects";
  const python = pythons.find((each) => spawnSync(each, ["-c", modules], { stdio: "ignore" }).status === 0);
  if (python === undefined) throw new Error("no python3 on the PATH has oslo.messaging and oslo.versionedobjects");
  const script = join(import.meta.dirname, "nova-compute.py");
  // Its own process group: Ctrl-C in a terminal is for this process, which then stops it.
  const child = spawn(python, [script, transportUrl, host, String(port)], { detached: true });
  const exited = once(child, "exit");
  let errors = "";
  child.stderr.setEncoding("utf8").on("data", (text: string) => {
    errors = (errors + text).slice(-4096);
  });
  const calls: ReceivedCall[] = [];
  const lines = createInterface(child.stdout);
  const [line] = (await Promise.race([once(lines, "line"), exited])) as [unknown];
  if (line !== '{"listening": true}') throw new Error(`nova-compute.py did not start: ${errors}`);
  lines.on("line", (text) => calls.push(JSON.parse(text) as ReceivedCall));
  return {
    calls,
    async [Symbol.asyncDispose]() {
      child.kill("SIGKILL");
      await exited;
    },
  };
}
