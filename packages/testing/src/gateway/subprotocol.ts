import { FALLBACK_SUBPROTOCOL, SUBPROTOCOL, tokenFromSubprotocol } from "@curfew/protocol";

/** What a gateway chooses of the subprotocols that a page offers; empty for none (PROTOCOL.md, section 1). */
export function chooseSubprotocol(offered: readonly string[], best: string): string {
  if (best === SUBPROTOCOL && offered.includes(SUBPROTOCOL)) return SUBPROTOCOL;
  return offered.includes(FALLBACK_SUBPROTOCOL) ? FALLBACK_SUBPROTOCOL : "";
}

/** The token of a connection: in the list of subprotocols, or in the query (PROTOCOL.md, section 1.1). */
export function tokenOf(path: string, offered: readonly string[]): string | undefined {
  const [entry] = offered.map(tokenFromSubprotocol).filter((token) => token !== undefined);
  return entry ?? new URL(path, "ws://gateway").searchParams.get("token") ?? undefined;
}
