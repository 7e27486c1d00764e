import type { AllowedOrigin } from "../../net/origin.ts";

/** What other sites may do with the console page, and what it links to. */
export interface OriginPolicy {
  /** Sites that may open consoles and issue new tokens. */
  readonly allowedOrigins: readonly AllowedOrigin[];
  /** Sites that may show the page in a frame and exchange messages with it. */
  readonly frameAncestors: readonly AllowedOrigin[];
  /** Paths at which `allowedOrigins` and the page's own origin issue new tokens. */
  readonly renewPaths: readonly string[];
  /** Where users reach the operator. */
  readonly contactUrl: string | null;
}

/** Allowed origins as CSP sources; a host without a scheme matches the page's own scheme or better. */
export function cspSources(origins: readonly AllowedOrigin[]): string[] {
  return origins.map(({ protocol, host }) => (protocol === undefined ? host : `${protocol}//${host}`));
}
