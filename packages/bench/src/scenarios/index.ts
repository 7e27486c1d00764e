import { clusterCost } from "./cluster.ts";
import { deadlines } from "./deadlines.ts";
import { download } from "./download.ts";
import { idleMemory } from "./idle-memory.ts";
import { keystrokes, keystrokesUnderFlood } from "./keystrokes.ts";
import type { Scenario } from "./scenario.ts";
import { memoryBreakdown } from "./memory-breakdown.ts";
import { novaSetUp } from "./nova-set-up.ts";
import { paced } from "./paced.ts";
import { setUp } from "./set-up.ts";
import { soak } from "./soak.ts";
import { stalledClient, stalledTarget } from "./stalled.ts";
import { startUp } from "./start-up.ts";
import { upload } from "./upload.ts";
import { viewOnly } from "./view-only.ts";
import { workers } from "./workers.ts";

/** All scenarios, in the order of the report. */
export const SCENARIOS: readonly Scenario[] = [
  download(1),
  download(8),
  paced,
  upload,
  keystrokes(),
  keystrokesUnderFlood,
  setUp,
  novaSetUp,
  clusterCost,
  idleMemory(500),
  idleMemory(5_000),
  idleMemory(10_000),
  memoryBreakdown,
  stalledClient,
  stalledTarget,
  deadlines(1, "together"),
  deadlines(1_000, "spread"),
  deadlines(1_000, "together"),
  deadlines(10_000, "together"),
  download(1, true),
  download(8, true),
  keystrokes(true),
  deadlines(1_000, "together", true),
  viewOnly,
  workers,
  startUp,
  soak,
];
