import { cpus, release, totalmem } from "node:os";
import { openFilesLimit } from "./open-files.ts";
import { congestionControl } from "./network-namespace.ts";
import { CORES } from "./pinning.ts";

/** The machine and its software, as the report states them. */
export interface Machine {
  readonly cpu: string;
  readonly cores: number;
  readonly memoryGiB: number;
  readonly kernel: string;
  readonly node: string;
  readonly congestionControl: string;
  /** Null without a limit: the report is JSON, which has no infinity. */
  readonly openFiles: number | null;
  /** Whether proxy and generator each have a core of their own. */
  readonly pinned: boolean;
}

/** Describes the machine that this process runs on. */
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
    pinned: CORES !== undefined,
  };
}
