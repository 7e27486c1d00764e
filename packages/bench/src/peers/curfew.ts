import { FALLBACK_SUBPROTOCOL, SUBPROTOCOL } from "@curfew/protocol";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { Entrance } from "../load/client.ts";
import { type Child, startChild } from "../machine/child.ts";
import { onProxyCore } from "../machine/pinning.ts";
import type { Peer, RunningPeer } from "./peer.ts";

const KEY = "the-operator-of-the-benchmark";
const HOUR_SECONDS = 3600;

/** The gateway as users run it: built, from a configuration file, with deadlines on and tokens in SQLite. */
export const curfew: Peer = {
  name: "curfew",
  description: "this gateway: deadlines enforced, tokens in SQLite, one log line for each start and end, curfew.v1",
  async start(targetPort, folder): Promise<RunningPeer> {
    const child = await startGateway(folder);
    const [, listenPort] = /listens at http:\/\/127\.0\.0\.1:(\d+)/.exec(child.stdout()) ?? [];
    const [, admin = ""] = /operator's API at (\S+)/.exec(child.stdout()) ?? [];
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
      return { port: Number(listenPort), ticket };
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
  },
};

/** Starts `curfew serve`; resolves when it says that it listens. */
export async function startGateway(folder: string): Promise<Child> {
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
`,
  );
  const main = join(import.meta.dirname, "../../../proxy/dist/cli/main.js");
  const command = onProxyCore([process.execPath, main, "serve", "--config", file]);
  const child = await startChild(command, join(folder, "stderr.log"));
  await child.until(() => child.stdout().includes("operator's API at "));
  return child;
}
