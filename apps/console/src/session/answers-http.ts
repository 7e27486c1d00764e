/**
 * Whether the gateway answers plain requests: if it does while its WebSocket cannot be opened,
 * something in between keeps that out. Browsers do not tell.
 */
export async function answersHttp(): Promise<boolean> {
  try {
    const { ok } = await fetch(location.pathname, {
      method: "HEAD",
      cache: "no-store",
      signal: AbortSignal.timeout(5_000),
    });
    return ok;
  } catch {
    return false;
  }
}
