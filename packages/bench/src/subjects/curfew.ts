import { FALLBACK_SUBPROTOCOL, SUBPROTOCOL } from "@curfew/protocol";
import { AdminClient } from "@curfew/proxy/admin";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { ConnectOptions } from "../load/client.ts";
import { makeCertificate } from "../machine/certificate.ts";
import { type Child, startChild } from "../machine/child-process.ts";
import { onProxyCore } from "../machine/pinning.ts";
import { GATEWAY, type RunningSubject, type Subject } from "./subject.ts";

const ADMIN_KEY = "the-admin-key-of-the-benchmark";
const HOUR_SECONDS = 3600;
/** The last line that `curfew serve` prints at start. */
const ADMIN_URL = /admin API at (\S+)/;
const PROXY_PACKAGE = join(import.meta.dirname, "../../../proxy");
/** The command `curfew`, built. */
export const MAIN: string = join(PROXY_PACKAGE, "dist/cli/main.js");
/** What it prints where browsers connect; the port is the first group. */
export const LISTENING: RegExp = /listens at https?:\/\/127\.0\.0\.1:(\d+)/;

/** The gateway as users run it: built, with a configuration file, enforced deadlines and tokens in SQLite. */
export const curfew: Subject = {
  name: GATEWAY,
  description: "this gateway: deadlines enforced, tokens in SQLite, one log line for each start and end, curfew.v1",
  terminatesTls: true,
  start: (targetPort, folder, tls) => startCurfew(`127.0.0.1:${targetPort}`, folder, { tls }),
};

/** The gateway from source, which needs no build but does not start as fast. */
export const curfewFromSource: Subject = {
  ...curfew,
  description: "this gateway, from source",
  start: (targetPort, folder, tls) => startCurfew(`127.0.0.1:${targetPort}`, folder, { tls, fromSource: true }),
};

/** How the gateway is started. */
export interface CurfewOptions {
  readonly tls?: boolean | undefined;
  /** Whether it runs from source instead of the build. @defaultValue false */
  readonly fromSource?: boolean;
  /** URL of a store that it would share with other gateways. @defaultValue tokens in SQLite */
  readonly store?: string;
  /** Further arguments of `curfew serve`. */
  readonly args?: readonly string[];
  /** Pins its command to cores. @defaultValue the proxy's core */
  readonly pin?: (command: readonly string[]) => readonly string[];
}

/**
 * Starts the gateway and issues tokens for one target.
 * @param target - the endpoint that the gateway dials, such as `127.0.0.1:5900`
 */
export async function startCurfew(target: string, folder: string, options: CurfewOptions): Promise<RunningSubject> {
  const child = await startServe(folder, options);
  const [, listenPort] = LISTENING.exec(child.stdout()) ?? [];
  const [, url = ""] = ADMIN_URL.exec(child.stdout()) ?? [];
  const admin = new AdminClient({ url, key: ADMIN_KEY });
  const issue = async (ttl: number, access: "control" | "view"): Promise<ConnectOptions> => {
    const { token, expires_at } = await admin.issueToken({ type: "vnc", target, ttl, access });
    const upgrade = {
      path: `/?token=${encodeURIComponent(token)}`,
      subprotocols: [FALLBACK_SUBPROTOCOL, SUBPROTOCOL],
      expiresAt: Date.parse(expires_at),
    };
    return { port: Number(listenPort), upgrade, tls: options.tls ?? false };
  };
  return {
    pid: child.pid,
    async connectOptions(count, ttlSeconds = () => HOUR_SECONDS, access = "control") {
      const all: ConnectOptions[] = [];
      for (let index = 0; index < count; index++) all.push(await issue(ttlSeconds(index), access));
      return all;
    },
    metrics: () => admin.metrics(),
    stop: () => child.stop(),
  };
}

/** Starts `curfew serve`; resolves once it says that it listens. */
export async function startServe(
  folder: string,
  { tls = false, fromSource = false, store, args = [], pin = onProxyCore }: CurfewOptions = {},
): Promise<Child> {
  const certificate = tls ? await makeCertificate(folder) : undefined;
  const file = join(folder, "curfew.yaml");
  await writeFile(
    file,
    `listen: 127.0.0.1:0
consoleauth:
  enforce_session_timeout: true
connections:
  max_per_client: 1000000
sessions:
  drain_timeout: 0
  max_per_token: 1000000
admin:
  listen: 127.0.0.1:0
  key: ${ADMIN_KEY}
tokens:
  path: ${join(folder, "tokens.db")}
${store === undefined ? "" : `cluster: { store: "${store}" }\n`}${certificate === undefined ? "" : `cert: ${certificate.cert}\nkey: ${certificate.key}\n`}`,
  );
  const main = fromSource ? ["--conditions=@curfew/source", join(PROXY_PACKAGE, "src/cli/main.ts")] : [MAIN];
  const command = pin([process.execPath, ...main, "serve", "--config", file, ...args]);
  const child = await startChild(command, join(folder, "stderr.log"));
  await child.until(() => ADMIN_URL.test(child.stdout()));
  return child;
}
