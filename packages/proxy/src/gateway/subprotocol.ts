import { FALLBACK_SUBPROTOCOL, SUBPROTOCOL } from "@curfew/protocol";

/** Picks `curfew.v1`, else `binary`, else none; an entry that carries a token is never picked. */
export function selectSubprotocol(offered: readonly string[]): string | undefined {
  return [SUBPROTOCOL, FALLBACK_SUBPROTOCOL].find((name) => offered.includes(name));
}
