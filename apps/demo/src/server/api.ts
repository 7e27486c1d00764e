import { Hono } from "hono";
import { cors } from "hono/cors";
import type { DashboardSession, MachineCard, OpenedConsole } from "../api-types.ts";
import type { Machine, Machines } from "./machines.ts";
import type { Operator } from "./operator.ts";

/** The lifetimes that the dashboard offers, in seconds; nothing else is issued. */
const LIFETIMES: readonly number[] = [20, 90, 300, 1800];

export interface ApiOptions {
  readonly machines: Machines;
  readonly operator: Operator;
  /** Where the dashboard itself is, for the renewals that console pages ask for. */
  readonly dashboardOrigin: string;
  /** Where console pages come from. */
  readonly gatewayOrigin: string;
}

/**
 * What a dashboard's back end does: it knows who may see which machine (here: everybody, every
 * one), and asks the gateway for a token when somebody opens a console or renews one.
 */
export function createApi({ machines, operator, dashboardOrigin, gatewayOrigin }: ApiOptions): Hono {
  const api = new Hono();
  const issue = (machine: Machine, ttl: number) =>
    operator.issueToken({ type: machine.type, target: machine.target, ttl, instance: machine.id, name: machine.name });

  // The console page is served by the gateway, so its renewals come from another origin.
  api.use("/machines/:id/renewal", cors({ origin: gatewayOrigin, credentials: true, allowMethods: ["POST"] }));
  api.use(async (c, next) => {
    // A name of somebody else's that leads here (DNS rebinding) shows in Host.
    if (c.req.header("Host") !== new URL(dashboardOrigin).host) return c.json({ error: "this is not my name" }, 403);
    const origin = c.req.header("Origin");
    const known = origin === undefined || origin === dashboardOrigin || origin === gatewayOrigin;
    if (c.req.method !== "GET" && !known) return c.json({ error: `requests from ${origin} are not taken` }, 403);
    return await next();
  });

  api.get("/machines", (c) => {
    const cards: MachineCard[] = machines
      .list()
      .map(({ id, name, type, about, real }) => ({ id, name, type, about, real }));
    return c.json({ machines: cards, lifetimes: LIFETIMES });
  });

  api.post("/machines/:id/console", async (c) => {
    const machine = machines.get(c.req.param("id"));
    const ttl = lifetime(c.req.query("ttl"));
    if (machine === undefined || ttl === undefined)
      return c.json({ error: "there is no such machine or lifetime" }, 404);
    const { url } = await issue(machine, ttl);
    const opened = new URL(url);
    const renewal = new URL(`/api/machines/${machine.id}/renewal?ttl=${ttl}`, dashboardOrigin);
    opened.searchParams.set("renew", renewal.href);
    return c.json({ url: opened.href } satisfies OpenedConsole);
  });

  api.post("/machines/:id/renewal", async (c) => {
    const machine = machines.get(c.req.param("id"));
    const ttl = lifetime(c.req.query("ttl"));
    if (machine === undefined || ttl === undefined)
      return c.json({ error: "there is no such machine or lifetime" }, 404);
    const { token } = await issue(machine, ttl);
    return c.json({ token }, 200, { "Cache-Control": "no-store" });
  });

  api.get("/sessions", async (c) => {
    const sessions: DashboardSession[] = (await operator.sessions()).map((session) => ({
      id: session.id,
      name: session.name ?? "unknown",
      state: session.state,
      // A duration, because the browser's clock may be another one.
      leftMs: session.expires_at === null ? null : Math.max(0, Date.parse(session.expires_at) - Date.now()),
      bytes: session.bytes_to_client,
    }));
    return c.json({ sessions });
  });

  api.delete("/sessions/:id", async (c) => {
    await operator.endSession(c.req.param("id"));
    return c.body(null, 204);
  });

  api.onError((error, c) => c.json({ error: error.message }, 502));
  return api;
}

function lifetime(value: string | undefined): number | undefined {
  return LIFETIMES.find((seconds) => String(seconds) === value);
}
