import type { EndError } from "../end-reason.ts";
import type { Endpoint } from "../net/endpoint.ts";
import type { Target } from "../targets/target.ts";
import { closedAfterTls, tlsFailure } from "../targets/tls.ts";

/**
 * Why a target has closed where its security is the reason; undefined for an ordinary end.
 *
 * @param isFresh - whether it closed soon, and said nothing. One that closes later was in use: it may be the console of a
 *   machine that has printed nothing.
 */
export function securityFailure(target: Target, endpoint: Endpoint, isFresh: boolean): EndError | undefined {
  const error = target.tlsError;
  if (error !== undefined) return tlsFailure(error);
  return endpoint.type === "tls" && isFresh ? closedAfterTls("targets.tls_client_cert") : undefined;
}
