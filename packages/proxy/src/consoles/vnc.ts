import type { ConsoleDefinition } from "./console-definition.ts";
import { openAuthSchemes, type VncSecurityOptions } from "./rfb/auth-schemes.ts";
import { followHandshake, followSettledHandshake } from "./rfb/followed-handshake.ts";
import { RfbClientStreamParser } from "./rfb/client-stream-parser.ts";
import { agreeOnVersion, createSecurityProxy } from "./rfb/security-proxy.ts";
import { ViewOnlyMessages } from "./rfb/view-only-messages.ts";
import { viewOnly, ViewOnlyFilter } from "./view-only-filter.ts";

/** RFB (RFC 6143). The client itself does the handshake with the target. */
export const VNC: ConsoleDefinition = {
  createUserInput: () => new RfbClientStreamParser(),
  handshake: [],
  createFilter: viewOnly(() => new ViewOnlyFilter(followHandshake(new ViewOnlyMessages()))),
};

/** The client's part of a handshake whose security the gateway settles: the negotiation refuses any other. */
const createFilter = viewOnly(() => new ViewOnlyFilter(followSettledHandshake(new ViewOnlyMessages())));

/**
 * {@link VNC}, or with `auth_schemes` RFB 3.8 whose security the gateway settles with the target.
 *
 * @param onUnusable - called when renewed certificates cannot be used.
 * @throws Error that names the option and the file that is missing or wrong.
 */
export function createVnc(options: VncSecurityOptions, onUnusable: (error: Error) => void): ConsoleDefinition {
  const schemes = openAuthSchemes(options, onUnusable);
  if (schemes === undefined) return VNC;
  return { ...VNC, handshake: [agreeOnVersion], negotiate: createSecurityProxy(schemes), createFilter };
}
