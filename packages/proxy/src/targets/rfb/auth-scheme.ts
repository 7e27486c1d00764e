import type { Endpoint } from "../../net/endpoint.ts";
import type { StageTarget } from "../stage.ts";
import type { SecurityResult } from "./security-result.ts";

/** How the gateway can authenticate to a VNC server; names of Nova's option `auth_schemes`. */
export const AUTH_SCHEMES = ["none", "vencrypt"] as const;

export type AuthSchemeName = (typeof AUTH_SCHEMES)[number];

/** How long a user name or a password may be, in bytes; VNC servers take no longer ones. */
export const MAX_CREDENTIAL_BYTES = 1024;

/** One way to authenticate to a VNC server. */
export interface AuthScheme {
  readonly name: AuthSchemeName;
  /** Its number (RFC 6143, section 7.1.2, and the RFB community specification). */
  readonly securityType: number;
  /**
   * What follows the choice of the security type.
   *
   * @param endpoint - what was dialed.
   * @returns the SecurityResult, if it was read already; otherwise it is still to come.
   * @throws EndError when the gateway refuses the server or its certificate, or the server refuses the gateway.
   */
  authenticate(target: StageTarget, endpoint: Endpoint): Promise<SecurityResult | undefined>;
}

/** Security type None: nothing follows, and the SecurityResult is the client's to read. */
export const NONE: AuthScheme = { name: "none", securityType: 1, authenticate: async () => undefined };
