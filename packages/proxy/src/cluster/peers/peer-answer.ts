import { IssuerAway } from "../../tokens/store.ts";
import type { PeerLink } from "./peer-link.ts";
import type { PeerRequestOf, PeerToken } from "./peer-schemas.ts";

/** @throws IssuerAway for another token than was asked for, and one that is to be revoked and is not. */
export function checkToken(
  { name }: Pick<PeerLink, "name">,
  request: PeerRequestOf<"token" | "revoke">,
  { record }: PeerToken,
): void {
  const isOther = request.id !== undefined && record.tokenId !== request.id;
  if (isOther) throw new IssuerAway(`gateway ${name} answers with another token`);
  if (request.type === "revoke" && record.revokedAt === undefined) {
    throw new IssuerAway(`gateway ${name} has not revoked the token`);
  }
}
