import { delimiter, join } from "node:path";
import { ROOT } from "../root.ts";
import { nodeFolder } from "../setup/node.ts";
import type { Step } from "./steps.ts";

/** The first version of each line of Node that the gateway works with, and the newest. The repository has another. */
export const NODE_LANES = ["22.21.0", "24.9.0", "26.10.0"] as const;

/** One of {@link NODE_LANES}. */
export type NodeLane = (typeof NODE_LANES)[number];

/** The projects of the packages that run in Node. */
const PROJECTS = [
  "protocol",
  "proxy-parts",
  "proxy",
  "testing",
  "proxy-tls",
  "proxy-tls-targets",
  "proxy-unix-targets",
];

/** No lane has the version that was asked for. */
export class UnknownLaneError extends Error {
  constructor(version: string) {
    super(`no lane has Node ${version}; expected one of ${NODE_LANES.join(", ")}`);
  }
}

/** A run of vitest in a lane. */
export interface LaneRun {
  readonly lane: NodeLane;
  /** The program, with what precedes its arguments. */
  readonly runner: readonly [program: string, ...args: string[]];
  /** Projects and filters. */
  readonly args: readonly string[];
  /** Everything that the tests start finds the same Node. */
  readonly env: Readonly<Record<string, string>>;
}

/**
 * The complete lanes.
 * @param filters - parts of file names, after a version or the beginning of one: only its lanes are run.
 * @throws UnknownLaneError
 */
export function planLanes([first = "", ...others]: readonly string[]): LaneRun[] {
  const isVersion = /^\d/u.test(first);
  const lanes = NODE_LANES.filter((lane) => !isVersion || `${lane}.`.startsWith(`${first}.`));
  if (lanes.length === 0) throw new UnknownLaneError(first);
  const filters = isVersion || first === "" ? others : [first, ...others];
  return lanes.map((lane) => planLane(lane, filters));
}

/** Fetches what lanes run with. */
export function fetchNodes(lanes: readonly NodeLane[] = NODE_LANES): Step {
  return { name: "Node's versions", command: ["node", "tools/fetch-node.ts", ...lanes] };
}

function planLane(lane: NodeLane, filters: readonly string[]): LaneRun {
  const folder = nodeFolder(lane);
  return {
    lane,
    runner: [join(folder, "node"), join(ROOT, "node_modules/vitest/vitest.mjs")],
    args: [...PROJECTS.map((project) => `--project=${project}`), ...filters],
    env: { PATH: [folder, process.env["PATH"] ?? ""].join(delimiter) },
  };
}
