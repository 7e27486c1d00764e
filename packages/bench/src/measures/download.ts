import { randomBytes } from "node:crypto";
import { flood } from "../load/flood.ts";
import { endsTls, type Measure, TLS_YARDSTICK, YARDSTICK } from "./measure.ts";
import { measureThroughput, throughputFigures } from "./throughput.ts";

const BLOCK_BYTES = 64 * 1024;

/** A picture that changes as fast as it can: the direction in which consoles send much. */
export function download(sessionCount: number, tls = false): Measure {
  return {
    id: `download-${sessionCount}${tls ? "-tls" : ""}`,
    title: `Target to client, 64 KiB writes, ${sessionCount} ${sessionCount === 1 ? "session" : "sessions"}${tls ? ", TLS" : ""}`,
    method: "Each target writes 64 KiB blocks as fast as they are taken; the client reads as fast as it can.",
    figures: throughputFigures(tls ? TLS_YARDSTICK : YARDSTICK),
    ...(tls && { tls, suits: endsTls }),
    async run(context) {
      const block = randomBytes(BLOCK_BYTES);
      return await measureThroughput(context, sessionCount, {
        send: ({ target }) => flood(target, block),
        receive({ client }, arrived) {
          client.onPayload = (bytes) => arrived(bytes.length);
        },
      });
    },
  };
}
