const TIMEOUT_MS = 5_000;

let refusedByPolicy = false;

/** Notes from now on whether a Content-Security-Policy refuses a WebSocket, such as one that a proxy has added. */
export function watchPolicy(): void {
  addEventListener("securitypolicyviolation", ({ effectiveDirective, blockedURI }) => {
    refusedByPolicy ||= effectiveDirective === "connect-src" && /^wss?:/.test(blockedURI);
  });
}

/**
 * Whether something on the way blocks WebSockets, after one could not be opened: a policy has refused it, or the gateway
 * answers plain requests. Browsers do not report the cause.
 */
export async function isWebSocketBlocked(): Promise<boolean> {
  return refusedByPolicy || (await gatewayAnswersHttp());
}

async function gatewayAnswersHttp(): Promise<boolean> {
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
