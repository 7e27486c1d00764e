import { cpus, release, totalmem } from "node:os";
import type { Machine } from "../report/result.ts";
import { openFilesLimit } from "./limits.ts";
import { congestionControl } from "./network.ts";
import { cores } from "./pinning.ts";

/** The machine that this process runs on, for the report. */
export function describeMachine(): Machine {
  const limit = openFilesLimit();
  return {
    cpu: cpus()[0]?.model.trim() ?? "unknown processor",
    cores: cpus().length,
    memoryGiB: totalmem() / 1024 ** 3,
    kernel: release(),
    node: process.versions.node,
    congestionControl: congestionControl(),
    openFiles: Number.isFinite(limit) ? limit : null,
    pinned: cores !== undefined,
  };
}
