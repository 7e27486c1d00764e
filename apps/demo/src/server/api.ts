import { type Context, Hono } from "hono";
import { cors } from "hono/cors";
import { streamSSE } from "hono/streaming";
import type { OpenedConsole, Setup } from "../api-types.ts";
import type { Faults } from "./faults.ts";
import type { Feed } from "./feed.ts";
import { type GatewayName, type Gateways, watched } from "./gateways.ts";
import { grantOf } from "./grant.ts";
import type { Machine, Machines } from "./machines.ts";

/** Seconds that a picture on a card lasts without being renewed. */
const PREVIEW_LIFETIME = 1800;

/** Milliseconds after which a page that lost the feed asks for it again. */
const RETRY_MS = 1000;

export interface ApiOptions {
  readonly machines: Machines;
  readonly gateways: Gateways;
  readonly faults: Faults;
  readonly feed: Feed;
  /** Seconds; consoles of machines get no others. */
  readonly lifetimes: readonly number[];
  /** Where the dashboard itself is, for the renewals that console pages ask for. */
  readonly dashboardOrigin: string;
}

/**
 * What a dashboard's back end does: it knows who may see which machine (here: everybody, every
 * one), and asks the gateway for a token when somebody opens a console or renews one.
 */
export function createApi(options: ApiOptions): Hono {
  const { gateways, feed, faults, lifetimes } = options;
  const api = new Hono();

  api.get("/setup", (c) => c.json({ faults: faults.cards(), lifetimes } satisfies Setup));

  api.get("/events", (c) =>
    streamSSE(c, async (stream) => {
      const { promise: left, resolve: leave } = Promise.withResolvers<void>();
      stream.onAbort(leave);
      await stream.writeSSE({ event: "hello", data: "", retry: RETRY_MS });
      const close = feed.open((event, data) => void stream.writeSSE({ event, data: JSON.stringify(data) }));
      await left;
      close();
    }),
  );
  addMachines(api, options);
  addFaults(api, options);

  api.delete("/sessions/:gateway/:id", async (c) => {
    const name = watched.find((one) => one === c.req.param("gateway"));
    if (name === undefined) return c.json({ error: "there is no such gateway" }, 404);
    await gateways.get(name).operator.endSession(c.req.param("id"));
    return c.body(null, 204);
  });
  api.delete("/sessions", async (c) => {
    await Promise.all(gateways.watched().map(([, { operator }]) => operator.endAll()));
    return c.body(null, 204);
  });

  api.notFound((c) => c.json({ error: "there is nothing at this address" }, 404));
  api.onError((error, c) => c.json({ error: error.message }, 502));
  return api;
}

function addMachines(api: Hono, { machines, gateways, lifetimes, dashboardOrigin }: ApiOptions): void {
  const issue = async (machine: Machine, ttl: number, name: GatewayName): Promise<OpenedConsole> => {
    const { operator, origin } = gateways.get(name);
    const { type, target, id: instance } = machine;
    return grantOf(await operator.issueToken({ type, target, ttl, instance, name: machine.name }), origin);
  };
  const asked = (c: Context): { machine: Machine; ttl: number; gateway: GatewayName } | undefined => {
    const machine = machines.get(c.req.param("id") ?? "");
    const ttl = lifetimes.find((seconds) => String(seconds) === c.req.query("ttl"));
    const gateway = c.req.query("enforce") === "false" ? "lenient" : "enforcing";
    return machine === undefined || ttl === undefined ? undefined : { machine, ttl, gateway };
  };
  const unknown = (c: Context): Response => c.json({ error: "there is no such machine or lifetime" }, 404);

  // The console page is served by the gateway, so its renewals come from another origin.
  const allowed = { origin: [...gateways.origins()], credentials: true, allowMethods: ["POST"] };
  api.use("/machines/:id/renewal", cors(allowed));

  api.post("/machines/:id/console", async (c) => {
    const wish = asked(c);
    if (wish === undefined) return unknown(c);
    const { machine, ttl, gateway } = wish;
    const opened = await issue(machine, ttl, gateway);
    const page = new URL(opened.pageUrl);
    const renewal = `/api/machines/${machine.id}/renewal?ttl=${ttl}&enforce=${gateway === "enforcing"}`;
    page.searchParams.set("renew", new URL(renewal, dashboardOrigin).href);
    return secret(c, { ...opened, pageUrl: page.href });
  });

  api.post("/machines/:id/renewal", async (c) => {
    const wish = asked(c);
    if (wish === undefined) return unknown(c);
    const { token } = await issue(wish.machine, wish.ttl, wish.gateway);
    return secret(c, { token });
  });

  api.post("/machines/:id/preview", async (c) => {
    const machine = machines.get(c.req.param("id"));
    if (machine?.preview !== true) return unknown(c);
    return secret(c, await issue(machine, PREVIEW_LIFETIME, "previews"));
  });
}

function addFaults(api: Hono, { faults }: ApiOptions): void {
  const unknown = (c: Context): Response => c.json({ error: "there is no such fault" }, 404);
  api.post("/faults/:id/console", async (c) => {
    const recipe = faults.get(c.req.param("id"));
    if (recipe === undefined) return unknown(c);
    return secret(c, await (c.req.query("again") === "true" ? faults.reopen(recipe) : faults.open(recipe)));
  });
  api.post("/faults/:id/renewal", async (c) => {
    const recipe = faults.get(c.req.param("id"));
    return recipe === undefined ? unknown(c) : secret(c, { token: await faults.renew(recipe) });
  });
}

/** An answer with a token in it. */
function secret(c: Context, body: OpenedConsole | { readonly token: string }): Response {
  return c.json(body, 200, { "Cache-Control": "no-store" });
}
