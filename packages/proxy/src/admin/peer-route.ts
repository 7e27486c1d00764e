import type { Context, Hono } from "hono";
import { isPeerOrder, PEER_PATH } from "../cluster/peers/peer-path.ts";
import { requestActor } from "./actor.ts";
import { requireRight } from "./authentication.ts";
import type { AdminOptions } from "./options.ts";
import { problem } from "./problem.ts";
import { readJson } from "./request-body.ts";

/** Adds the route for the gateways of `cluster.peers`, where there are any. */
export function addPeerRoute(app: Hono, { answerPeer, events }: AdminOptions): void {
  if (answerPeer === undefined) return;
  const answer = async (c: Context, message: unknown): Promise<Response> => {
    try {
      return c.json({ answer: await answerPeer(message) });
    } catch (error) {
      const detail = error instanceof Error ? error.message : String(error);
      return problem(c, error instanceof TypeError ? 422 : 500, detail);
    }
  };
  app.post(PEER_PATH, requireRight("admin"), async (c) => {
    const message = await readJson(c);
    const response = await answer(c, message);
    // A program that has the key can send one, too, and not only a gateway, whose own trail has the order.
    if (isPeerOrder(message)) {
      const { status } = response;
      events.notify({ type: "admin_called", actor: requestActor(c), method: "POST", path: PEER_PATH, status });
    }
    return response;
  });
}
