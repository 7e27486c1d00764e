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
import { Gateways } from "./gateways/gateways.ts";
import { Machines } from "./machines/machines.ts";
import { type DemoOptions, OptionError, readOptions } from "./options.ts";
import { setSecurityHeaders, rejectForeignRequests } from "./http/request-guards.ts";

/** The port of the dashboard unless `PORT` is set; any free port if it is in use. */
const DEFAULT_PORT = 6090;

const page = relative(process.cwd(), fileURLToPath(new URL("../../dist", import.meta.url)));

const options = optionsOrExit();
const app = new Hono();
const listener = getRequestListener(app.fetch, { overrideGlobalObjects: false });
// Pages that are still open from an earlier run send requests immediately; they wait for the setup below.
const { promise: ready, resolve: setReady } = Promise.withResolvers<void>();
const server = createServer((request, response) => void ready.then(() => listener(request, response)));
const dashboardOrigin = await listen(server);

const audit = new AuditTrail(nameOf, (event, instance) => {
  feed.addAuditEvent(event);
  if (event.kind === "opened" && instance !== undefined) faults.sessionOpened(instance);
});
const gateways = await Gateways.start({ ...options, dashboardOrigin, onLog: (line) => audit.addLogLine(line) });
const faults = new Faults(gateways, options.faultDelay);
const machines = new Machines(
  () => feed.machinesChanged(),
  (name, error) => console.error(`${name} did not start: ${error instanceof Error ? error.message : String(error)}`),
);
const feed = new Feed({ gateways, machines: () => machines.cards(), audit: () => audit.recent() });
await machines.start();

app.use(rejectForeignRequests(dashboardOrigin, gateways.origins()));
app.use(setSecurityHeaders(gateways.origins()));
app.route("/api", createApi({ machines, gateways, faults, feed, dashboardOrigin, lifetimes: options.lifetimes }));
app.use("*", serveStatic({ root: page }));
setReady();

stopOnSignals();
console.log(dashboardOrigin);
if (process.stdout.isTTY) describe();

/** The log contains only the ids of machines. */
function nameOf(instance: string): string {
  return machines.get(instance)?.name ?? faults.get(instance)?.name ?? instance;
}

function optionsOrExit(): DemoOptions {
  try {
    return readOptions(process.env);
  } catch (error) {
    if (!(error instanceof OptionError)) throw error;
    console.error(error.message);
    return process.exit(1);
  }
}

/** Prints the machines, for users at a terminal. */
function describe(): void {
  console.log("\nOpen the address above in a browser. The gateway ends each console at its deadline.\n");
  for (const { name, target, about, login } of machines.list())
    console.log(`  ${name.padEnd(18)} ${target.padEnd(16)} ${about}${login === "" ? "" : `; ${login}`}`);
  console.log("\nReal machines appear once they have started. Press Ctrl-C to stop everything.");
}

async function listen(httpServer: Server): Promise<string> {
  const listenAt = async (port: number): Promise<void> => {
    httpServer.listen(port, "127.0.0.1");
    await once(httpServer, "listening");
  };
  await listenAt(options.port ?? DEFAULT_PORT).catch(async (error: NodeJS.ErrnoException) => {
    if (options.port !== undefined || error.code !== "EADDRINUSE") throw error;
    await listenAt(0);
  });
  return `http://127.0.0.1:${(httpServer.address() as AddressInfo).port}`;
}

function stopOnSignals(): void {
  const stop = async (): Promise<void> => {
    server.close();
    server.closeAllConnections();
    await gateways[Symbol.asyncDispose]();
    await Promise.all([faults[Symbol.asyncDispose](), machines[Symbol.asyncDispose]()]);
  };
  process.once("SIGINT", () => void stop()).once("SIGTERM", () => void stop());
}
