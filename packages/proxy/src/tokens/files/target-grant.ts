import type { Endpoint } from "../../net/endpoint.ts";
import type { ConsoleType, Grant } from "../grant.ts";
import { digestId } from "../token-id.ts";

/** The grant of a token for which only the target is known. Its access ends `token_ttl` after the first use. */
export function targetGrant(token: string, endpoint: Endpoint, type: ConsoleType): Grant {
  return {
    tokenId: digestId(token),
    type,
    endpoint,
    instance: undefined,
    name: undefined,
    user: undefined,
    access: "control",
    expiresAt: undefined,
  };
}
