import type { Hono } from "hono";
import { PEER_PATH } from "../cluster/peers/peer-path.ts";
import { requireRight } from "./authentication.ts";
import type { AdminOptions } from "./options.ts";
import { problem } from "./problem.ts";
import { readJson } from "./request-body.ts";

/** Adds the route for the gateways of `cluster.peers`, where there are any. */
export function addPeerRoute(app: Hono, { answerPeer }: AdminOptions): void {
  if (answerPeer === undefined) return;
  app.post(PEER_PATH, requireRight("admin"), async (c) => {
    try {
      return c.json({ answer: await answerPeer(await readJson(c)) });
    } catch (error) {
      const message = error instanceof Error ? error.message : String(error);
      return problem(c, error instanceof TypeError ? 422 : 500, message);
    }
  });
}
