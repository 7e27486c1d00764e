import { randomBytes } from "node:crypto";
import { flood } from "../load/flood.ts";
import { YARDSTICK } from "../subjects/subject.ts";
import type { Scenario } from "./scenario.ts";
import { measureThroughput, throughputFigures } from "./throughput.ts";

const SESSIONS = 8;
const MESSAGE_BYTES = 16 * 1024;

/** The direction in which a WebSocket proxy has to unmask. */
export const upload: Scenario = {
  id: "upload",
  title: "Client to target, masked messages of 16 KiB, 8 sessions",
  method:
    "Each client sends binary messages of 16 KiB as fast as they are accepted; the target reads as fast as it can.",
  figures: throughputFigures(YARDSTICK),
  async run(context) {
    const message = randomBytes(MESSAGE_BYTES);
    return await measureThroughput(context, SESSIONS, {
      send: ({ client }) => flood(client.socket, client.encode(message)),
      receive({ target }, arrived) {
        target.on("data", (bytes) => arrived(bytes.length));
      },
    });
  },
};
