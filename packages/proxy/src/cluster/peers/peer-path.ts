/** Where a gateway takes messages of its peers. It is between gateways of one version, and no part of the API. */
export const PEER_PATH = "/v1/peer";

/** The requests that act on sessions, tokens or locks. Others come all the time, and only ask. */
const ORDERS: ReadonlySet<unknown> = new Set(["end", "extend", "lock", "lift", "revoke"]);

/** Whether a message orders something, as far as it has the form of one. */
export function isPeerOrder(message: unknown): boolean {
  const { request } = (message ?? {}) as { readonly request?: { readonly type?: unknown } | null };
  return ORDERS.has(request?.type);
}
