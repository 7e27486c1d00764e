import { FALLBACK_SUBPROTOCOL } from "@curfew/protocol";
import { mkdtemp } from "node:fs/promises";
import { join } from "node:path";
import type { Entrance } from "../load/client.ts";
import { sessionsThatFit } from "../machine/limits.ts";
import { onProxyCore } from "../machine/pinning.ts";
import { startCurfew } from "../peers/curfew.ts";
import { openIdle } from "./idle-memory.ts";
import { type Figure, gatewayOnly, type Measure, type MeasureContext } from "./measure.ts";

const SESSIONS = 5_000;

/** The gateway with something left out. */
interface Variant extends Figure {
  /** What is set in the environment of `curfew serve`. */
  readonly environment?: readonly string[];
  /** What clients ask for instead. */
  readonly subprotocols?: readonly string[];
}

const variants: readonly Variant[] = [
  { id: "whole", title: "whole, KiB", digits: 1 },
  {
    id: "unenforced",
    title: "without deadlines",
    digits: 1,
    environment: ["CURFEW_CONSOLEAUTH_ENFORCE_SESSION_TIMEOUT=false"],
  },
  { id: "unlogged", title: "without log lines", digits: 1, environment: ["CURFEW_LOG_LEVEL=error"] },
  { id: "stock", title: "without curfew.v1", digits: 1, subprotocols: [FALLBACK_SUBPROTOCOL] },
];

/** Where an idle session's memory goes: what is saved where one thing is left out. */
export const memoryBreakdown: Measure = {
  id: "memory-breakdown",
  title: `Memory per idle session with one thing left out, ${SESSIONS.toLocaleString("en")} sessions`,
  method: "As the idle figure above, each time with a gateway of its own. Differences below 1 KiB are noise.",
  figures: variants.map(({ id, title, digits }) => ({ id, title, digits })),
  suits: gatewayOnly,
  once: true,
  async run(context) {
    const values: Record<string, number> = {};
    for (const variant of variants) values[variant.id] = await idleKiB(context, variant);
    return { values };
  },
};

async function idleKiB(
  { folder, target, effort }: MeasureContext,
  { environment = [], subprotocols }: Variant,
): Promise<number> {
  const gateway = await startCurfew(target.port, await mkdtemp(join(folder, "breakdown-")), {
    place: (command) => onProxyCore(["env", ...environment, ...command]),
  });
  try {
    const [issued] = await gateway.entrances(1);
    if (issued?.ticket === undefined) throw new Error("expected a way in");
    const entrance: Entrance = {
      ...issued,
      ticket: { ...issued.ticket, subprotocols: subprotocols ?? issued.ticket.subprotocols },
    };
    const count = sessionsThatFit(effort.quick ? 50 : SESSIONS);
    const { perSessionKiB } = await openIdle({ peer: gateway, target, effort }, entrance, count);
    return perSessionKiB();
  } finally {
    await gateway.stop();
  }
}
