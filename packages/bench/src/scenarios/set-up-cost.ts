import { percentile } from "../statistics/index.ts";
import { openAndClose, type OpenAndCloseContext } from "./open-and-close.ts";

/** What opening and closing sessions costs one gateway. */
export interface SetUpCost {
  readonly sessions: number;
  /** Sessions a second. */
  readonly rate: number;
  /** Milliseconds. */
  readonly p50: number;
  readonly p99: number;
  /** Microseconds for each session. */
  readonly cpu: number;
  /** Share of one core. */
  readonly busy: number;
  readonly otherLoad: number;
}

/** Opens and closes sessions, and says what that costs. */
export async function measureSetUps(context: OpenAndCloseContext): Promise<SetUpCost> {
  const { times, seconds, proxyCpu, otherLoad } = await openAndClose(context);
  return {
    sessions: times.length,
    rate: times.length / seconds,
    p50: percentile(times, 50),
    p99: percentile(times, 99),
    cpu: (proxyCpu / times.length) * 1e6,
    busy: proxyCpu / seconds,
    otherLoad,
  };
}
