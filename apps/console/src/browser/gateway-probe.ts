const TIMEOUT_MS = 5_000;

/**
 * Whether the gateway answers plain HTTP requests. If it does while its WebSocket cannot be opened, something on the way
 * blocks WebSockets; browsers do not report that.
 */
export async function gatewayAnswersHttp(): Promise<boolean> {
  try {
    const { ok } = await fetch(location.pathname, {
      method: "HEAD",
      cache: "no-store",
      signal: AbortSignal.timeout(TIMEOUT_MS),
    });
    return ok;
  } catch {
    return false;
  }
}
