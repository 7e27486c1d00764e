/** Keeps the screen on until `signal` aborts. Browsers release the lock whenever the page is hidden. */
function keepScreenOn(signal: AbortSignal): void {
  let lock: WakeLockSentinel | undefined;
  const request = async (): Promise<void> => {
    if (document.visibilityState !== "visible" || !("wakeLock" in navigator)) return;
    try {
      lock = await navigator.wakeLock.request("screen");
      if (signal.aborted) await lock.release();
    } catch {
      // Refused, for example on low battery. The console works without it.
    }
  };
  document.addEventListener("visibilitychange", () => void request(), { signal });
  signal.addEventListener("abort", () => {
    lock?.release().catch(() => {});
  });
  void request();
}

/**
 * Returns a function that turns the wake lock on or off. It may be called repeatedly with the same value.
 *
 * @param over - releases the lock for good
 */
export function createWakeLock(over: AbortSignal): (wanted: boolean) => void {
  let off: AbortController | undefined;
  return (wanted) => {
    if (wanted && off === undefined && !over.aborted) {
      off = new AbortController();
      keepScreenOn(AbortSignal.any([over, off.signal]));
    } else if (!wanted) {
      off?.abort();
      off = undefined;
    }
  };
}
