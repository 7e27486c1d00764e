import { freePort } from "@curfew/testing/real";
import { existsSync } from "node:fs";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { ClusterGateway } from "./cluster-gateway.ts";
import { LabProcess } from "./lab-process.ts";

const PROGRAM = existsSync("/usr/sbin/haproxy") ? "/usr/sbin/haproxy" : "haproxy";

/** HAProxy in front of gateways, which it asks often whether they are ready. */
export class Balancer implements AsyncDisposable {
  /** `host:port` where browsers connect; the same after a restart. */
  readonly at: string;
  readonly #command: readonly string[];
  readonly #log: string;
  #process: LabProcess;

  private constructor(process: LabProcess, command: readonly string[], { at, log }: { at: string; log: string }) {
    this.#process = process;
    this.#command = command;
    this.at = at;
    this.#log = log;
  }

  static async start(gateways: readonly ClusterGateway[], folder: string): Promise<Balancer> {
    const at = `127.0.0.1:${await freePort()}`;
    const file = join(folder, "haproxy.cfg");
    await writeFile(file, configuration(at, gateways));
    const log = join(folder, "haproxy.log");
    const command = [PROGRAM, "-db", "-f", file];
    return new Balancer(await run(command, log, at), command, { at, log });
  }

  signal(name: "SIGSTOP" | "SIGCONT"): void {
    this.#process.signal(name);
  }

  async kill(): Promise<void> {
    await this.#process.kill();
  }

  async restart(): Promise<void> {
    await this.#process.kill();
    this.#process = await run(this.#command, this.#log, this.at);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.kill();
  }
}

async function run(command: readonly string[], log: string, at: string): Promise<LabProcess> {
  const started = await LabProcess.start(command, { log });
  const isReady = async (): Promise<boolean> => {
    const answer = await fetch(`http://${at}/readyz`).catch(() => undefined);
    await answer?.arrayBuffer();
    return answer?.status === 200;
  };
  await started.until(isReady, "having a gateway");
  return started;
}

function configuration(at: string, gateways: readonly ClusterGateway[]): string {
  return `global
  maxconn 8000
defaults
  mode http
  timeout connect 2s
  timeout client 1h
  timeout server 1h
  timeout tunnel 1h
  retries 3
  option redispatch
frontend consoles
  bind ${at}
  default_backend gateways
backend gateways
  balance leastconn
  option httpchk GET /readyz
  default-server check inter 200ms fastinter 100ms fall 2 rise 1
${gateways.map((gateway) => `  server ${gateway.name} ${gateway.at}`).join("\n")}
`;
}
