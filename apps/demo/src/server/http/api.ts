import { type Context, Hono } from "hono";
import { cors } from "hono/cors";
import { streamSSE } from "hono/streaming";
import type { ClusterAction, ConsoleAccess, Setup } from "../../api-types.ts";
import type { Faults } from "../faults/faults.ts";
import type { Feed } from "../feed/feed.ts";
import { type GatewayCluster, type GatewayName, type Gateways, RENEWAL_PATH } from "../gateways/gateways.ts";
import { accessOf } from "../gateways/console-access.ts";
import type { Machine, Machines } from "../machines/machines.ts";

/** Seconds until a preview has to be renewed. */
const PREVIEW_LIFETIME = 1800;

/** Milliseconds after which a page reconnects to the event stream. */
const RETRY_MS = 1000;

const CLUSTER_ACTIONS: readonly ClusterAction[] = ["kill", "drain", "start", "freeze", "thaw"];

export interface ApiOptions {
  readonly machines: Machines;
  readonly gateways: Gateways;
  readonly faults: Faults;
  readonly feed: Feed;
  /** The lifetimes that consoles of machines may have, in seconds. */
  readonly lifetimes: readonly number[];
  /** The origin of the dashboard, where console pages request renewals. */
  readonly dashboardOrigin: string;
}

/**
 * The back end of a dashboard: decides which users may access which machines (here: all users, all machines), and requests
 * a token from the gateway when a console is opened or renewed.
 */
export function createApi(options: ApiOptions): Hono {
  const { gateways, feed, faults, lifetimes } = options;
  const api = new Hono();

  api.get("/setup", (c) => c.json({ faults: faults.cards(), lifetimes } satisfies Setup));

  api.get("/events", (c) =>
    streamSSE(c, async (stream) => {
      const { promise: aborted, resolve: abort } = Promise.withResolvers<void>();
      stream.onAbort(abort);
      await stream.writeSSE({ event: "hello", data: "", retry: RETRY_MS });
      const close = feed.open((event, data) => void stream.writeSSE({ event, data: JSON.stringify(data) }));
      await aborted;
      close();
    }),
  );
  addMachines(api, options);
  addFaults(api, options);
  addCluster(api, gateways.cluster);

  api.delete("/sessions/:gateway/:id", async (c) => {
    const [, gateway] = gateways.watched().find(([name]) => name === c.req.param("gateway")) ?? [];
    if (gateway === undefined) return c.json({ error: "there is no such gateway" }, 404);
    await gateway.admin.endSession(c.req.param("id"));
    return c.body(null, 204);
  });
  api.delete("/sessions", async (c) => {
    await Promise.all(gateways.watched().map(([, { admin }]) => admin.endSessions({ all: true })));
    return c.body(null, 204);
  });

  api.notFound((c) => c.json({ error: "not found" }, 404));
  api.onError((error, c) => c.json({ error: error.message }, 502));
  return api;
}

function addMachines(api: Hono, { machines, gateways, lifetimes, dashboardOrigin }: ApiOptions): void {
  const issue = async (machine: Machine, ttl: number, name: GatewayName): Promise<ConsoleAccess> => {
    const { admin, origin } = gateways.get(name);
    const { type, target, id: instance } = machine;
    return accessOf(await admin.issueToken({ type, target, ttl, instance, name: machine.name }), origin);
  };
  const requestedAccess = (c: Context): { machine: Machine; ttl: number; gateway: GatewayName } | undefined => {
    const machine = machines.get(c.req.param("id") ?? "");
    const ttl = lifetimes.find((seconds) => String(seconds) === c.req.query("ttl"));
    const gateway = gateways.forMachines(c.req.query("enforce") !== "false");
    return machine === undefined || ttl === undefined ? undefined : { machine, ttl, gateway };
  };
  const unknown = (c: Context): Response => c.json({ error: "there is no such machine or lifetime" }, 404);

  // The gateway serves the console page, so its renewals come from another origin.
  const allowed = { origin: [...gateways.origins()], credentials: true, allowMethods: ["POST"] };
  api.use("/renewals/:id", cors(allowed));

  api.post("/machines/:id/console", async (c) => {
    const access = requestedAccess(c);
    if (access === undefined) return unknown(c);
    const { machine, ttl, gateway } = access;
    const opened = await issue(machine, ttl, gateway);
    const page = new URL(opened.pageUrl);
    const renewal = `${RENEWAL_PATH}${machine.id}?ttl=${ttl}&enforce=${gateway !== "lenient"}`;
    page.searchParams.set("renew", new URL(renewal, dashboardOrigin).href);
    return secretJson(c, { ...opened, pageUrl: page.href });
  });

  const renew = async (c: Context): Promise<Response> => {
    const access = requestedAccess(c);
    if (access === undefined) return unknown(c);
    const { token } = await issue(access.machine, access.ttl, access.gateway);
    return secretJson(c, { token });
  };
  api.post("/machines/:id/renewal", renew);
  // A path of their own for console pages, which the gateways list in `console.renew_paths`.
  api.post("/renewals/:id", renew);

  api.post("/machines/:id/preview", async (c) => {
    const machine = machines.get(c.req.param("id"));
    if (machine?.preview !== true) return unknown(c);
    return secretJson(c, await issue(machine, PREVIEW_LIFETIME, "previews"));
  });
}

function addFaults(api: Hono, { faults }: ApiOptions): void {
  const unknown = (c: Context): Response => c.json({ error: "there is no such fault" }, 404);
  api.post("/faults/:id/console", async (c) => {
    const recipe = faults.get(c.req.param("id"));
    if (recipe === undefined) return unknown(c);
    return secretJson(c, await (c.req.query("again") === "true" ? faults.reopen(recipe) : faults.open(recipe)));
  });
  api.post("/faults/:id/renewal", async (c) => {
    const recipe = faults.get(c.req.param("id"));
    return recipe === undefined ? unknown(c) : secretJson(c, { token: await faults.renew(recipe) });
  });
}

function addCluster(api: Hono, cluster: GatewayCluster | undefined): void {
  api.post("/cluster/:part/:action", async (c) => {
    const action = CLUSTER_ACTIONS.find((one) => one === c.req.param("action"));
    if (cluster === undefined || action === undefined) return c.notFound();
    await cluster.act(c.req.param("part"), action);
    return c.body(null, 204);
  });
}

/** A response that contains a token. */
function secretJson(c: Context, body: ConsoleAccess | { readonly token: string }): Response {
  return c.json(body, 200, { "Cache-Control": "no-store" });
}
