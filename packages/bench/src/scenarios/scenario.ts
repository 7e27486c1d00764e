import type { Target } from "../load/target.ts";
import { GATEWAY, type RunningSubject } from "../subjects/subject.ts";

/** How much is measured. The quick form only shows that everything works. */
export interface Effort {
  readonly quick: boolean;
  /** Load before each sample, in milliseconds, so that compilers and caches warm up. */
  readonly warmUpMs: number;
  /** Length of each sample of CPU time, in milliseconds. */
  readonly windowMs: number;
  /** Bytes that the soak scenario sends through the gateway. */
  readonly soakBytes: number;
}

/** A number that a scenario yields for each subject. */
export interface Figure {
  readonly id: string;
  /** With its unit. */
  readonly title: string;
  readonly digits: number;
  /** The subject whose figure of the same round it is divided by for a second column. */
  readonly relative?: string;
}

/** What a scenario works with. */
export interface ScenarioContext {
  /** A proxy that has just been started. */
  readonly subject: RunningSubject;
  readonly target: Target;
  readonly effort: Effort;
  /** A folder for files; removed afterwards. */
  readonly folder: string;
}

/** What a scenario measured. */
export interface Sample {
  /** By the ids of the figures; a figure without a value is omitted. */
  readonly values: Readonly<Record<string, number>>;
  /** CPU used by other programs, in cores; undefined if it does not matter. */
  readonly otherLoad?: number;
  /** A remark for readers of the report. */
  readonly note?: string;
}

/** Something that is measured: one file in this folder, and one line in `index.ts`. */
export interface Scenario {
  /** The name for `--only`. */
  readonly id: string;
  readonly title: string;
  /** How it is measured, for the report. */
  readonly method: string;
  readonly figures: readonly Figure[];
  /** Whether clients connect with TLS, which restricts it to subjects that terminate TLS. @defaultValue false */
  readonly tls?: boolean;
  /** Selects subjects by name. @defaultValue all of them */
  readonly appliesTo?: (subject: string) => boolean;
  /** Whether the quick form includes it. @defaultValue true */
  readonly inQuick?: boolean;
  /** Whether it runs in the first round only, because its result is stable or it takes long. @defaultValue false */
  readonly once?: boolean;
  /** @throws Error if the proxy misbehaves */
  run(context: ScenarioContext): Promise<Sample>;
}

/** For scenarios that use features of the gateway. */
export function gatewayOnly(subject: string): boolean {
  return subject === GATEWAY;
}
