import { FALLBACK_SUBPROTOCOL } from "@curfew/protocol";
import { mkdtemp } from "node:fs/promises";
import { join } from "node:path";
import type { ConnectOptions } from "../load/client.ts";
import { sessionsThatFit } from "../machine/open-files.ts";
import { onProxyCore } from "../machine/pinning.ts";
import { startCurfew } from "../subjects/curfew.ts";
import { openIdle } from "./idle-memory.ts";
import { type Figure, gatewayOnly, type Scenario, type ScenarioContext } from "./scenario.ts";

const SESSIONS = 5_000;

/** The gateway with one feature turned off. */
interface Variant extends Figure {
  /** Environment variables of `curfew serve`. */
  readonly environment?: readonly string[];
  /** Subprotocols that clients offer. @defaultValue the usual ones */
  readonly subprotocols?: readonly string[];
}

const VARIANTS: readonly Variant[] = [
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

/** What uses an idle session's memory: how much is saved with one feature turned off. */
export const memoryBreakdown: Scenario = {
  id: "memory-breakdown",
  title: `Memory per idle session with one feature off, ${SESSIONS.toLocaleString("en")} sessions`,
  method: "As the idle figure above, each with its own gateway. Differences below 1 KiB are noise.",
  figures: VARIANTS.map(({ id, title, digits }) => ({ id, title, digits })),
  appliesTo: gatewayOnly,
  once: true,
  async run(context) {
    const values: Record<string, number> = {};
    for (const variant of VARIANTS) values[variant.id] = await idleKiB(context, variant);
    return { values };
  },
};

async function idleKiB(
  { folder, target, effort }: ScenarioContext,
  { environment = [], subprotocols }: Variant,
): Promise<number> {
  const gateway = await startCurfew(target.endpoint, await mkdtemp(join(folder, "breakdown-")), {
    pin: (command) => onProxyCore(["env", ...environment, ...command]),
  });
  try {
    const [issued] = await gateway.connectOptions(1);
    if (issued?.upgrade === undefined) throw new Error("expected options to connect");
    const connect: ConnectOptions = {
      ...issued,
      upgrade: { ...issued.upgrade, subprotocols: subprotocols ?? issued.upgrade.subprotocols },
    };
    const count = sessionsThatFit(effort.quick ? 50 : SESSIONS);
    const { perSessionKiB } = await openIdle({ subject: gateway, target, effort }, connect, count);
    return perSessionKiB();
  } finally {
    await gateway.stop();
  }
}
