import type { AllowedOrigin } from "../../net/origin.ts";

/**
 * Values of the page's `Cross-Origin-Opener-Policy` (HTML, section 7.1.3): whether the page and a site that opened its
 * window can reach each other.
 */
export const OPENER_POLICIES = ["same-origin", "same-origin-allow-popups", "unsafe-none"] as const;

/** One of {@link OPENER_POLICIES}. */
export type OpenerPolicy = (typeof OPENER_POLICIES)[number];

/** Between which clipboards the page takes text: the user's and the machine's. */
export const CLIPBOARD_DIRECTIONS = ["both", "to-machine", "from-machine", "none"] as const;

/** One of {@link CLIPBOARD_DIRECTIONS}. */
export type ClipboardDirection = (typeof CLIPBOARD_DIRECTIONS)[number];

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
  /** In which direction the page pastes and copies text. */
  readonly clipboard: ClipboardDirection;
  /** The longest text that the page pastes or copies, in bytes; null for no limit. */
  readonly clipboardMaxBytes: number | null;
  /** Whether sites that opened the page in a window can see that window. */
  readonly openerPolicy: OpenerPolicy;
}

/** Allowed origins as CSP sources; a host without a scheme matches the page's own scheme or better. */
export function cspSources(origins: readonly AllowedOrigin[]): string[] {
  return origins.map(({ protocol, host }) => (protocol === undefined ? host : `${protocol}//${host}`));
}
