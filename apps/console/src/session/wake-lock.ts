/**
 * Keeps the person's screen on until `signal` aborts, where the browser can. It takes the lock away
 * whenever the page is out of sight.
 */
function keepAwake(signal: AbortSignal): void {
  let lock: WakeLockSentinel | null = null;
  const ask = async (): Promise<void> => {
    if (document.visibilityState !== "visible" || !("wakeLock" in navigator)) return;
    try {
      lock = await navigator.wakeLock.request("screen");
      if (signal.aborted) await lock.release();
    } catch {
      // Refused, for example on low battery: a screen that goes dark is no reason to fail.
    }
  };
  document.addEventListener("visibilitychange", () => void ask(), { signal });
  signal.addEventListener("abort", () => {
    lock?.release().catch(() => {});
  });
  void ask();
}

/** Holds the screen on while `wanted` says so, as told again by each call of the result. */
export function wakeLock(over: AbortSignal): (wanted: boolean) => void {
  let off: AbortController | null = null;
  return (wanted) => {
    if (wanted && off === null && !over.aborted) {
      off = new AbortController();
      keepAwake(AbortSignal.any([over, off.signal]));
    } else if (!wanted) {
      off?.abort();
      off = null;
    }
  };
}
