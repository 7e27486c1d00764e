import { Countdown } from "@curfew/client/ui";
import { useLayoutEffect, useState } from "react";

/** Milliseconds left until an instant on the clock of `performance.now()`, updated every second; null without one. */
export function useTimeLeft(endsAt: number | null): number | null {
  const [leftMs, setLeftMs] = useState<number | null>(null);
  // Before the browser paints, so that no outdated value is seen.
  useLayoutEffect(() => {
    if (endsAt === null) return setLeftMs(null);
    const countdown = new Countdown();
    countdown.start(endsAt, setLeftMs);
    return () => countdown.stop();
  }, [endsAt]);
  return leftMs;
}
