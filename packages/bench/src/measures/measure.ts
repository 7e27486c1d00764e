import { stayAwake } from "../load/awake.ts";
import type { Target } from "../load/target.ts";
import { observe, type Observed } from "../machine/observation.ts";
import type { RunningPeer } from "../peers/peer.ts";
import { setTimeout as delay } from "node:timers/promises";

/** How much is measured: the quick form shows that everything works, the full one gives figures. */
export interface Effort {
  readonly quick: boolean;
  /** Load before each sample, in which compilers and caches warm up. */
  readonly warmUpMs: number;
  /** Length of each sample of CPU time. */
  readonly windowMs: number;
  /** Bytes that the soak measure sends through the gateway. */
  readonly soakBytes: number;
}

/** One number that a measure yields for each proxy. */
export interface Figure {
  readonly id: string;
  /** With its unit. */
  readonly title: string;
  readonly digits: number;
  /** The proxy of whose figure in the same round it is also given as a multiple. */
  readonly relative?: string;
}

/** What a measure is given. */
export interface MeasureContext {
  /** A proxy that was just started. */
  readonly peer: RunningPeer;
  readonly target: Target;
  readonly effort: Effort;
  /** Where it may write; removed afterwards. */
  readonly folder: string;
}

/** What a measure found. */
export interface Sample {
  /** By the ids of the figures; one that could not be had is left out. */
  readonly values: Readonly<Record<string, number>>;
  /** Cores' worth of load by other programs; undefined where it does not matter. */
  readonly otherLoad?: number;
  /** Something that the reader of the report has to know. */
  readonly note?: string;
}

/** Something that is measured. */
export interface Measure {
  /** As `--only` names it. */
  readonly id: string;
  readonly title: string;
  /** What is done, for the report. */
  readonly method: string;
  readonly figures: readonly Figure[];
  /** Whether clients connect with TLS. @defaultValue false */
  readonly tls?: boolean;
  /** The proxies it is for. @defaultValue all */
  readonly suits?: (peer: string) => boolean;
  /** Whether the quick form has it. @defaultValue true */
  readonly inQuick?: boolean;
  /** Whether one sample is enough: what it finds does not move with the machine, or it takes long. */
  readonly once?: boolean;
  /** @throws Error when the proxy does something wrong */
  run(context: MeasureContext): Promise<Sample>;
}

/**
 * Lets the load that is under way warm the proxy up, then watches it for the length of a sample.
 * @param begin - called at the sample's start, to forget what was counted before
 */
export async function sampleLoad({ peer, effort }: MeasureContext, begin: () => void = ignore): Promise<Observed> {
  const sleepAgain = stayAwake();
  await delay(effort.warmUpMs);
  const end = observe(peer.pid);
  begin();
  await delay(effort.windowMs);
  const observed = end();
  sleepAgain();
  return observed;
}

/** The name of the gateway among the proxies. */
export const GATEWAY = "curfew";

/** The relay in C, of whose CPU the others' is given as a multiple. */
export const YARDSTICK = "copy";

/** The same where clients connect with TLS, which a relay of raw bytes does not understand. */
export const TLS_YARDSTICK = "haproxy";

/** For measures with TLS: the proxies that end it themselves. */
export function endsTls(peer: string): boolean {
  return [TLS_YARDSTICK, "websockify", GATEWAY].includes(peer);
}

/** For measures that only the gateway understands. */
export function gatewayOnly(peer: string): boolean {
  return peer === GATEWAY;
}

export const MIB: number = 1024 * 1024;
export const GIB: number = 1024 * MIB;

function ignore(): void {}
