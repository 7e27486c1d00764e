import type { Hono } from "hono";
import type { EventSubscription } from "../telemetry/event-stream.ts";
import { mayStill } from "./authentication.ts";
import { addOperation, OPERATIONS } from "./operations.ts";
import type { AdminOptions } from "./options.ts";
import { problem } from "./problem.ts";

/** Adds `/v1/events`. */
export function addEventRoutes(app: Hono, { stream }: AdminOptions): void {
  addOperation(app, "followEvents", (c) => {
    const headers = { "Content-Type": "text/event-stream", "Cache-Control": "no-store" };
    // It is answered as GET is, but nothing would read the stream, or end it.
    if (c.req.method === "HEAD") return c.body(null, 200, headers);
    const client = stream.subscribe(c.req.header("Last-Event-ID"));
    if (client === undefined) return problem(c, 429, "as many clients as there may be follow the events already");
    return c.body(
      streamOf(client, () => mayStill(c, OPERATIONS.followEvents.right)),
      200,
      headers,
    );
  });
}

/**
 * Reads only what the connection takes.
 *
 * @param isAllowed - asked before anything is sent; the stream ends once it is false.
 */
function streamOf(client: EventSubscription, isAllowed: () => boolean): ReadableStream<Uint8Array> {
  const encoder = new TextEncoder();
  return new ReadableStream<Uint8Array>(
    {
      // The headers are sent with the first bytes.
      start: (controller) => controller.enqueue(encoder.encode(":\n\n")),
      pull: async (controller) => {
        const text = await client.next();
        if (text !== undefined && isAllowed()) return controller.enqueue(encoder.encode(text));
        client.close();
        controller.close();
      },
      cancel: () => client.close(),
    },
    { highWaterMark: 1 },
  );
}
