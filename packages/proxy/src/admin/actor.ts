import { getConnInfo } from "@hono/node-server/conninfo";
import type { Context } from "hono";
import type { Actor } from "../telemetry/events.ts";

/** The caller of a request under `/v1`. There is one key today, so every caller has its name. */
export function requestActor(c: Context): Actor {
  return { name: "admin", address: getConnInfo(c).remote.address ?? "" };
}
