import { readFile, writeFile } from "node:fs/promises";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { ChildProgram } from "./child-program.ts";

const DOCUMENT = join(import.meta.dirname, "../../../../docs/cluster.md");

/** Debian has HAProxy where an ordinary user's PATH does not look. */
const PROGRAM = existsSync("/usr/sbin/haproxy") ? "/usr/sbin/haproxy" : "haproxy";

/** How often it is tried until it answers, in milliseconds. */
const RETRY_MS = 50;

/** What {@link startLoadBalancer} starts. */
export interface LoadBalancerOptions {
  /** Where its configuration is written. */
  readonly folder: string;
  /** Its port on 127.0.0.1. */
  readonly port: number;
  /** `host:port` of the three gateways. */
  readonly gateways: readonly string[];
}

/**
 * Runs HAProxy with the configuration of `docs/cluster.md`, at an address of this machine and without TLS.
 *
 * @throws Error when it does not start, with what it wrote.
 */
export async function startLoadBalancer({ folder, port, gateways }: LoadBalancerOptions): Promise<ChildProgram> {
  const [, section = ""] = (await readFile(DOCUMENT, "utf8")).split("## Load balancer\n");
  const documented = /```text\n([^]*?)```/u.exec(section)?.[1];
  if (documented === undefined) throw new Error("docs/cluster.md has no configuration of a load balancer");
  const code = documented
    .replace(/bind :443 .*/u, `bind 127.0.0.1:${port}`)
    .replace("X-Forwarded-Proto https", "X-Forwarded-Proto http")
    .replaceAll(/192\.0\.2\.1([123]):6080/gu, (_, number: string) => gateways[Number(number) - 1] ?? "");
  const file = join(folder, "haproxy.cfg");
  // Otherwise two programs could have the port, each with some of the clients.
  await writeFile(file, `global\n    noreuseport\n\n${code}`);
  const program = new ChildProgram([PROGRAM, "-db", "-f", file]);
  if (!(await hasAnswered(program, `http://127.0.0.1:${port}/healthz`))) {
    throw new Error(`HAProxy did not start: ${program.words}`);
  }
  return program;
}

/** Waits until it passes requests on; false when it has ended. */
async function hasAnswered(program: ChildProgram, url: string): Promise<boolean> {
  while (!program.hasExited) {
    const answer = await fetch(url).catch(() => undefined);
    await answer?.arrayBuffer();
    if (answer?.ok === true) return true;
    await delay(RETRY_MS);
  }
  return false;
}
