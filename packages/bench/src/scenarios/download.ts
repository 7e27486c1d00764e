import { randomBytes } from "node:crypto";
import { flood } from "../load/flood.ts";
import { TLS_YARDSTICK, YARDSTICK } from "../subjects/subject.ts";
import type { Scenario } from "./scenario.ts";
import { measureThroughput, throughputFigures } from "./throughput.ts";

const BLOCK_BYTES = 64 * 1024;

/** A screen that changes continuously: the direction with the most traffic. */
export function download(sessionCount: number, tls = false): Scenario {
  return {
    id: `download-${sessionCount}${tls ? "-tls" : ""}`,
    title: `Target to client, 64 KiB writes, ${sessionCount} ${sessionCount === 1 ? "session" : "sessions"}${tls ? ", TLS" : ""}`,
    method: "Each target writes 64 KiB blocks as fast as they are accepted; the client reads as fast as it can.",
    figures: throughputFigures(tls ? TLS_YARDSTICK : YARDSTICK),
    tls,
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
