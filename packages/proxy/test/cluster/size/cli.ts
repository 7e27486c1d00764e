import { parseArgs } from "node:util";
import { positive, readArguments } from "../../support/read-arguments.ts";
import { measureSize } from "./measure.ts";

/**
 * Runs the store's part of a large cluster: many gateways, each with its connection, its lease, its tokens and the slots
 * of its sessions, but without browsers and machines. Prints what the store needs for that.
 */
const USAGE = "usage: npx pnpm@12 bench:cluster [--gateways N] [--sessions N] [--store redis|postgresql|mysql]";

const { gateways, sessions, store } = readArguments(USAGE, () => {
  const { values } = parseArgs({
    options: {
      gateways: { type: "string", default: "50" },
      sessions: { type: "string", default: "100000" },
      store: { type: "string", default: "redis" },
    },
  });
  positive("--gateways", values.gateways);
  positive("--sessions", values.sessions);
  const known = (["redis", "postgresql", "mysql"] as const).find((each) => each === values.store);
  if (known === undefined) throw new TypeError(`--store: expected redis, postgresql or mysql, but got ${values.store}`);
  return { ...values, store: known };
});

for await (const line of measureSize({ gateways: Number(gateways), sessions: Number(sessions), store }))
  console.log(line);
