import { getRequestListener } from "@hono/node-server";
import { serveStatic } from "@hono/node-server/serve-static";
import { Hono } from "hono";
import { once } from "node:events";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { relative } from "node:path";
import { fileURLToPath } from "node:url";
import { createApi } from "./api.ts";
import { Audit } from "./audit.ts";
import { Faults } from "./faults.ts";
import { Feed } from "./feed.ts";
import { Gateways } from "./gateways.ts";
import { Machines } from "./machines.ts";
import { type DemoOptions, OptionError, readOptions } from "./options.ts";
import { confine, ownRequestsOnly } from "./safety.ts";

/** Where the dashboard listens: at the port that was asked for, else at this one, or at any if that is taken. */
const USUAL_PORT = 6090;

const page = relative(process.cwd(), fileURLToPath(new URL("../../dist", import.meta.url)));

const options = optionsOrExit();
const app = new Hono();
const listener = getRequestListener(app.fetch, { overrideGlobalObjects: false });
// Pages of a demo that ran before ask at once; they wait for what is set up below.
const { promise: ready, resolve: beReady } = Promise.withResolvers<void>();
const server = createServer((request, response) => void ready.then(() => listener(request, response)));
const dashboardOrigin = await listen(server);

const audit = new Audit(nameOf, (event, instance) => {
  feed.audited(event);
  if (event.kind === "opened" && instance !== undefined) faults.sessionOpened(instance);
});
const gateways = await Gateways.start({ ...options, dashboardOrigin, onLog: (line) => audit.take(line) });
const faults = new Faults(gateways, options.faultDelay);
const machines = new Machines(
  () => feed.machinesChanged(),
  (name, error) => console.error(`${name} did not start: ${error instanceof Error ? error.message : String(error)}`),
);
const feed = new Feed({ gateways, machines: () => machines.cards(), audit: () => audit.recent() });
await machines.start();

app.use(ownRequestsOnly(dashboardOrigin, gateways.origins()));
app.use(confine(gateways.origins()));
app.route("/api", createApi({ machines, gateways, faults, feed, dashboardOrigin, lifetimes: options.lifetimes }));
app.use("*", serveStatic({ root: page }));
beReady();

stopOnSignals();
console.log(dashboardOrigin);
if (process.stdout.isTTY) describe();

/** The log has the ids of machines only. */
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

/** For people at a terminal: what runs behind the one address above. */
function describe(): void {
  console.log("\nOpen the address above. The gateway ends each console at its deadline.\n");
  for (const { name, target, about, login } of machines.list())
    console.log(`  ${name.padEnd(18)} ${target.padEnd(16)} ${about}${login === "" ? "" : `; ${login}`}`);
  console.log("\nReal machines follow as they come up. Ctrl-C ends everything.");
}

async function listen(httpServer: Server): Promise<string> {
  const listenAt = async (port: number): Promise<void> => {
    httpServer.listen(port, "127.0.0.1");
    await once(httpServer, "listening");
  };
  await listenAt(options.port ?? USUAL_PORT).catch(async (error: NodeJS.ErrnoException) => {
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
