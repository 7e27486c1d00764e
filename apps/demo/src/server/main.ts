import { type ConsoleProxy, createConsoleProxy } from "@curfew/proxy";
import { getRequestListener } from "@hono/node-server";
import { serveStatic } from "@hono/node-server/serve-static";
import { Hono } from "hono";
import { once } from "node:events";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { relative } from "node:path";
import { fileURLToPath } from "node:url";
import { createApi } from "./api.ts";
import { Machines } from "./machines.ts";
import { Operator } from "./operator.ts";

/** Where the dashboard listens: at the port that was asked for, else at this one, or at any if that is taken. */
const USUAL_PORT = 6090;

const page = relative(process.cwd(), fileURLToPath(new URL("../../dist", import.meta.url)));

const app = new Hono();
const listener = getRequestListener(app.fetch, { overrideGlobalObjects: false });
const server = createServer((request, response) => void listener(request, response));
const dashboardOrigin = await listen(server);

const machines = await Machines.start((name, error) => {
  console.error(`${name} did not start: ${error instanceof Error ? error.message : String(error)}`);
});
const proxy = createConsoleProxy({
  config: {
    listen: "127.0.0.1:0",
    admin: { listen: "127.0.0.1:0" },
    tokens: { path: ":memory:" },
    consoleauth: { enforce_session_timeout: true },
    sessions: { warn_before: [300, 60, 10] },
    console: { allowed_origins: [dashboardOrigin] },
    log: { level: "warn" },
  },
});
const { url: gatewayOrigin, adminUrl } = await proxy.listen();
const operator = new Operator(adminUrl, proxy.adminKey);
app.route("/api", createApi({ machines, operator, dashboardOrigin, gatewayOrigin }));
app.use("*", serveStatic({ root: page }));

stopOnSignals(proxy);
console.log(dashboardOrigin);
if (process.stdout.isTTY) describe();

/** For people at a terminal: what runs behind the one address above. */
function describe(): void {
  console.log(
    `\nOpen the address above. The gateway (${new URL(gatewayOrigin).host}) ends each console at its deadline.\n`,
  );
  for (const { name, target, about } of machines.list())
    console.log(`  ${name.padEnd(18)} ${target.padEnd(16)} ${about}`);
  console.log("\nReal machines join as they come up. Ctrl-C ends everything.");
}

async function listen(httpServer: Server): Promise<string> {
  const asked = process.env["PORT"];
  const listenAt = async (port: number): Promise<void> => {
    httpServer.listen(port, "127.0.0.1");
    await once(httpServer, "listening");
  };
  await listenAt(Number(asked ?? USUAL_PORT)).catch(async (error: NodeJS.ErrnoException) => {
    if (asked !== undefined || error.code !== "EADDRINUSE") throw error;
    await listenAt(0);
  });
  return `http://127.0.0.1:${(httpServer.address() as AddressInfo).port}`;
}

function stopOnSignals(gateway: ConsoleProxy): void {
  const stop = async (): Promise<void> => {
    await gateway.close();
    server.close();
    server.closeAllConnections();
    await machines[Symbol.asyncDispose]();
  };
  process.once("SIGINT", () => void stop()).once("SIGTERM", () => void stop());
}
