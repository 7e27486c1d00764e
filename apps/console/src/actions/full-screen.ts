/** The part of the Keyboard Lock API that is used, in browsers that have it. */
interface LockingNavigator extends Navigator {
  readonly keyboard?: { lock: () => Promise<void> };
}

export function isFullScreen(): boolean {
  return document.fullscreenElement !== null;
}

/**
 * Enters or leaves full screen for the whole page, so that the bar and warnings stay visible. Browsers release locked keys
 * when full screen ends.
 *
 * @throws TypeError where the browser refuses
 */
export async function toggleFullScreen(): Promise<void> {
  if (isFullScreen()) {
    await document.exitFullscreen();
    return;
  }
  await document.documentElement.requestFullscreen({ navigationUI: "hide" });
  await (navigator as LockingNavigator).keyboard?.lock().catch(() => {});
}
