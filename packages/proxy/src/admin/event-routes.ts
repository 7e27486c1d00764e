import type { Hono } from "hono";
import type { EventSubscription } from "../telemetry/event-stream.ts";
import { addOperation } from "./operations.ts";
import type { AdminOptions } from "./options.ts";
import { problem } from "./problem.ts";

/** Adds `/v1/events`. */
export function addEventRoutes(app: Hono, { stream }: AdminOptions): void {
  addOperation(app, "followEvents", (c) => {
    const client = stream.subscribe(c.req.header("Last-Event-ID"));
    if (client === undefined) return problem(c, 429, "as many clients as there may be follow the events already");
    const headers = { "Content-Type": "text/event-stream", "Cache-Control": "no-store" };
    return c.body(streamOf(client), 200, headers);
  });
}

/** Reads only what the connection takes. */
function streamOf(client: EventSubscription): ReadableStream<Uint8Array> {
  const encoder = new TextEncoder();
  return new ReadableStream<Uint8Array>(
    {
      // The headers are sent with the first bytes.
      start: (controller) => controller.enqueue(encoder.encode(":\n\n")),
      pull: async (controller) => {
        const text = await client.next();
        if (text === undefined) controller.close();
        else controller.enqueue(encoder.encode(text));
      },
      cancel: () => client.close(),
    },
    { highWaterMark: 1 },
  );
}
