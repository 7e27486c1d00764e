import { getRequestListener } from "@hono/node-server";
import { serveStatic } from "@hono/node-server/serve-static";
import { Hono } from "hono";
import { once } from "node:events";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { relative } from "node:path";
import { fileURLToPath } from "node:url";
import { createApi } from "./http/api.ts";
import { AuditTrail } from "./feed/audit-trail.ts";
import { Faults } from "./faults/faults.ts";
import { Feed } from "./feed/feed.ts";
import { type GatewayCluster, Gateways, type GatewaySettings } from "./gateways/gateways.ts";
import { Machines } from "./machines/machines.ts";
import type { DemoOptions } from "./options.ts";
import { setSecurityHeaders, rejectForeignRequests } from "./http/request-guards.ts";

/** The port of the dashboard unless `PORT` is set; any free port if it is in use. */
const DEFAULT_PORT = 6090;

const page = relative(process.cwd(), fileURLToPath(new URL("../../dist", import.meta.url)));

/** What a cluster is started with. */
export interface ClusterOptions extends GatewaySettings {
  /** Receives each log line of its gateways, with the name of the gateway. */
  readonly onLog: (line: string, gateway: string) => void;
  /** Called when its {@link GatewayCluster.view} is another one. */
  readonly onChange: () => void;
}

export interface DashboardOptions extends DemoOptions {
  /** Starts several gateways as one, in place of the gateway `enforcing`. */
  readonly startCluster?: (options: ClusterOptions) => Promise<GatewayCluster>;
}

/** The server of the dashboard, with machines and gateways. */
export interface Dashboard extends AsyncDisposable {
  readonly origin: string;
  readonly machines: Machines;
}

/** Starts the gateways and the machines, and serves the dashboard. The cluster is not stopped with it. */
export async function startDashboard({ startCluster, ...options }: DashboardOptions): Promise<Dashboard> {
  const app = new Hono();
  const listener = getRequestListener(app.fetch, { overrideGlobalObjects: false });
  // Pages that are still open from an earlier run send requests immediately; they wait for the setup below.
  const { promise: ready, resolve: setReady } = Promise.withResolvers<void>();
  const server = createServer((request, response) => void ready.then(() => listener(request, response)));
  const origin = await listen(server, options.port);
  await using started = new AsyncDisposableStack();
  started.defer(() => {
    server.close();
    server.closeAllConnections();
  });

  /** The log contains only the ids of machines. */
  const nameOf = (instance: string): string => machines.get(instance)?.name ?? faults.get(instance)?.name ?? instance;
  const audit = new AuditTrail(nameOf, (event, instance) => {
    feed.addAuditEvent(event);
    if (event.kind === "opened" && instance !== undefined) faults.sessionOpened(instance);
  });
  const settings = {
    ...options,
    dashboardOrigin: origin,
    onLog: (line: string, gateway?: string) => audit.addLogLine(line, gateway),
  };
  const cluster = await startCluster?.({ ...settings, onChange: () => void ready.then(() => feed.clusterChanged()) });
  const machines = started.use(
    new Machines(
      () => feed.machinesChanged(),
      (name, error) =>
        console.error(`${name} did not start: ${error instanceof Error ? error.message : String(error)}`),
    ),
  );
  const gateways = await Gateways.start({ ...settings, ...(cluster && { cluster }) });
  const faults = started.use(new Faults(gateways, options.faultDelay));
  started.use(gateways);
  const feed = new Feed({ gateways, machines: () => machines.cards(), audit: () => audit.recent() });
  await machines.start();

  app.use(rejectForeignRequests(origin, gateways.origins()));
  app.use(setSecurityHeaders(gateways.origins()));
  app.route(
    "/api",
    createApi({ machines, gateways, faults, feed, dashboardOrigin: origin, lifetimes: options.lifetimes }),
  );
  app.use("*", serveStatic({ root: page }));
  setReady();
  const all = started.move();
  return { origin, machines, [Symbol.asyncDispose]: async () => await all.disposeAsync() };
}

async function listen(httpServer: Server, port: number | undefined): Promise<string> {
  const listenAt = async (asked: number): Promise<void> => {
    httpServer.listen(asked, "127.0.0.1");
    await once(httpServer, "listening");
  };
  await listenAt(port ?? DEFAULT_PORT).catch(async (error: NodeJS.ErrnoException) => {
    if (port !== undefined || error.code !== "EADDRINUSE") throw error;
    await listenAt(0);
  });
  return `http://127.0.0.1:${(httpServer.address() as AddressInfo).port}`;
}
