import { FALLBACK_SUBPROTOCOL, SUBPROTOCOL } from "@curfew/protocol";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { Entrance } from "../load/client.ts";
import { type Child, startChild } from "../machine/child.ts";
import { makeCertificate } from "../machine/certificate.ts";
import { onProxyCore } from "../machine/pinning.ts";
import { GATEWAY } from "../measures/measure.ts";
import type { Peer, RunningPeer } from "./peer.ts";

const KEY = "the-operator-of-the-benchmark";
const HOUR_SECONDS = 3600;

/** The gateway as users run it: built, from a configuration file, with deadlines on and tokens in SQLite. */
export const curfew: Peer = {
  name: GATEWAY,
  description: "this gateway: deadlines enforced, tokens in SQLite, one log line for each start and end, curfew.v1",
  start: (targetPort, folder, tls) => startCurfew(targetPort, folder, { tls }),
};

/** How a gateway is started. */
export interface GatewayOptions {
  readonly tls?: boolean | undefined;
  /** Further arguments of `curfew serve`. */
  readonly args?: readonly string[];
  /** Where its command runs. @defaultValue on the proxy's core */
  readonly place?: (command: readonly string[]) => readonly string[];
}

/** Starts the gateway in front of a target, with its API to issue tokens. */
export async function startCurfew(targetPort: number, folder: string, options: GatewayOptions): Promise<RunningPeer> {
  const child = await startGateway(folder, options);
  const [, listenPort] = /listens at https?:\/\/127\.0\.0\.1:(\d+)/.exec(child.stdout()) ?? [];
  const [, admin = ""] = /admin API at (\S+)/.exec(child.stdout()) ?? [];
  const issue = async (ttlSeconds: number): Promise<Entrance> => {
    const response = await fetch(`${admin}/v1/tokens`, {
      method: "POST",
      headers: { Authorization: `Bearer ${KEY}`, "Content-Type": "application/json" },
      body: JSON.stringify({ type: "vnc", target: `127.0.0.1:${targetPort}`, ttl: ttlSeconds }),
    });
    if (!response.ok) throw new Error(`expected a token, but got ${response.status} ${await response.text()}`);
    const { token, expires_at } = (await response.json()) as { token: string; expires_at: string };
    const ticket = {
      path: `/?token=${encodeURIComponent(token)}`,
      subprotocols: [FALLBACK_SUBPROTOCOL, SUBPROTOCOL],
      expiresAt: Date.parse(expires_at),
    };
    return { port: Number(listenPort), ticket, tls: options.tls ?? false };
  };
  return {
    pid: child.pid,
    async entrances(count, ttlSeconds = () => HOUR_SECONDS) {
      const all: Entrance[] = [];
      for (let index = 0; index < count; index++) all.push(await issue(ttlSeconds(index)));
      return all;
    },
    metrics: async () => await (await fetch(`${admin}/metrics`)).text(),
    stop: () => child.stop(),
  };
}

/** Starts `curfew serve`; resolves when it says that it listens. */
export async function startGateway(
  folder: string,
  { tls = false, args = [], place = onProxyCore }: GatewayOptions = {},
): Promise<Child> {
  const certificate = tls ? await makeCertificate(folder) : undefined;
  const file = join(folder, "curfew.yaml");
  await writeFile(
    file,
    `listen: 127.0.0.1:0
consoleauth:
  enforce_session_timeout: true
sessions:
  drain_timeout: 0
admin:
  listen: 127.0.0.1:0
  key: ${KEY}
tokens:
  path: ${join(folder, "tokens.db")}
${certificate === undefined ? "" : `cert: ${certificate.cert}\nkey: ${certificate.key}\n`}`,
  );
  const main = join(import.meta.dirname, "../../../proxy/dist/cli/main.js");
  const command = place([process.execPath, main, "serve", "--config", file, ...args]);
  const child = await startChild(command, join(folder, "stderr.log"));
  await child.until(() => child.stdout().includes("admin API at "));
  return child;
}
