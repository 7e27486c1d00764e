/**
 * Makes one of several calls that concern different sessions. What it throws is thrown again outside, as an uncaught
 * exception, so that it keeps no other call from being made.
 */
export function callSafely(call: () => void): void {
  try {
    call();
  } catch (error) {
    queueMicrotask(() => {
      throw error;
    });
  }
}
