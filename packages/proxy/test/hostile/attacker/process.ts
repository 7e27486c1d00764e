import { setPriority } from "node:os";
import { answerParent } from "../helper-process.ts";
import type { AttackContext } from "../scenario.ts";
import { SCENARIOS } from "../scenarios/index.ts";
import { Connections } from "./connections.ts";
import { startTarget, type TargetMode } from "./target.ts";

/** What the attacker's process can be asked. */
export interface AttackerRequests {
  /** Starts the console behind the attacker's sessions. @returns its address */
  readonly listen: (mode: TargetMode) => Promise<string>;
  readonly prepare: (
    request: Omit<AttackContext, "connections"> & { readonly name: string; readonly host: string },
  ) => Promise<void>;
  readonly begin: () => void;
  readonly report: () => AttackReport;
}

/** What the gateway let the attacker do. */
export interface AttackReport {
  readonly open: number;
  readonly refused: number;
}

/** The lowest: the attacker takes what processor time the others leave. */
const PRIORITY = 19;

setPriority(PRIORITY);
let connections: Connections | undefined;
let begin: (() => void) | undefined;

answerParent<AttackerRequests>({
  listen: startTarget,
  prepare: async ({ name, host, ...context }) => {
    const found = SCENARIOS.find((scenario) => scenario.name === name);
    if (found === undefined) throw new Error(`there is no scenario ${name}`);
    connections = new Connections(host);
    begin = await found.attack({ connections, ...context });
  },
  begin: () => begin?.(),
  report: () => ({ open: connections?.open ?? 0, refused: connections?.refused ?? 0 }),
});
