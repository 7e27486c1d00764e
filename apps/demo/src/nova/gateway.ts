import { spawn } from "node:child_process";
import { randomBytes } from "node:crypto";
import { once } from "node:events";
import { existsSync } from "node:fs";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { createInterface } from "node:readline";
import type { Cloud } from "./cloud.ts";

const MAIN = join(import.meta.dirname, "../../../../packages/proxy/src/cli/main.ts");

/** From util-linux: ends the gateway when this process dies, even by SIGKILL. */
const SETPRIV = "/usr/bin/setpriv";

/** How often running sessions are checked against Nova's database, in seconds: sooner than by default, for a demonstration. */
const REVALIDATE_SECONDS = 2;

/** `curfew nova novnc`, running. */
export interface NovaGateway extends AsyncDisposable {
  readonly files: NovaFiles;
  /** Settles with its exit status when it has ended. */
  readonly exited: Promise<number | null>;
}

/** The files of a gateway in place of nova-novncproxy. */
export interface NovaFiles {
  readonly novaConf: string;
  readonly curfewYaml: string;
  readonly log: string;
}

/** Where the gateway listens, on 127.0.0.1. */
export interface Ports {
  readonly listen: number;
  readonly admin: number;
}

/**
 * Writes a nova.conf and Curfew's own configuration, and runs the gateway with them.
 *
 * @throws Error when it does not start; it has written the cause to the standard error.
 */
export async function startGateway(folder: string, cloud: Cloud, ports: Ports): Promise<NovaGateway> {
  const files = await writeFiles(folder, cloud, ports);
  const args = ["nova", "novnc", "--config-file", files.novaConf, "--curfew-config", files.curfewYaml];
  const command = [process.execPath, ...process.execArgv, MAIN, ...args];
  const [program = "", ...rest] = existsSync(SETPRIV) ? [SETPRIV, "--pdeathsig", "TERM", "--", ...command] : command;
  // Its own process group: Ctrl-C in a terminal is for this process, which then stops it.
  const child = spawn(program, rest, { detached: true, stdio: ["ignore", "pipe", "inherit"] });
  const exited = once(child, "exit").then(([code]) => code as number | null);
  const stop = async (): Promise<void> => {
    child.kill("SIGTERM");
    await exited;
  };
  const listening = once(createInterface(child.stdout), "line").then(() => true);
  if (!(await Promise.race([listening, exited.then(() => false)]))) throw new Error("the gateway did not start");
  return { files, exited, [Symbol.asyncDispose]: stop };
}

async function writeFiles(folder: string, { database, transportUrl }: Cloud, ports: Ports): Promise<NovaFiles> {
  const at = (name: string): string => join(folder, name);
  const files = { novaConf: at("nova.conf"), curfewYaml: at("curfew.yaml"), log: at("curfew.log") };
  await writeFile(
    files.novaConf,
    `[DEFAULT]
transport_url = ${transportUrl}
log_file = ${files.log}

[database]
connection = ${database.url("?charset=utf8")}

[vnc]
novncproxy_host = 127.0.0.1
novncproxy_port = ${ports.listen}
novncproxy_base_url = ${baseUrl(ports)}

[consoleauth]
enforce_session_timeout = true
`,
  );
  await writeFile(
    files.curfewYaml,
    `admin:
  listen: 127.0.0.1:${ports.admin}
  key: ${randomBytes(16).toString("hex")}
nova:
  revalidate_interval: ${REVALIDATE_SECONDS}
sessions:
  drain_timeout: 0
`,
    { mode: 0o600 },
  );
  return files;
}

/** `[vnc] novncproxy_base_url`, as Kolla-Ansible has it. */
export function baseUrl({ listen }: Ports): string {
  return `http://127.0.0.1:${listen}/vnc_lite.html`;
}
