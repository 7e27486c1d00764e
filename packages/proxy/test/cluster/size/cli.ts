import { parseArgs } from "node:util";
import { positive, readArguments } from "../../support/read-arguments.ts";
import { measureSize } from "./measure.ts";

/**
 * Runs the store's part of a large cluster: many gateways, each with its connection, its lease, its tokens and the slots
 * of its sessions, but without browsers and machines. Prints what the store needs for that.
 */
const USAGE = "usage: npx pnpm@12 bench:cluster [--gateways N] [--sessions N]";

const { gateways, sessions } = readArguments(USAGE, () => {
  const { values } = parseArgs({
    options: {
      gateways: { type: "string", default: "50" },
      sessions: { type: "string", default: "100000" },
    },
  });
  positive("--gateways", values.gateways);
  positive("--sessions", values.sessions);
  return values;
});

for await (const line of measureSize(Number(gateways), Number(sessions))) console.log(line);
