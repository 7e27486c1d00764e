import { once } from "node:events";
import { isIP } from "node:net";
import { connect } from "node:tls";
import { EndError } from "../end-reason.ts";
import type { Stage } from "./stage.ts";

/** Which server a TLS connection is for. */
export interface TlsOptions {
  /** Name or address that was dialed. */
  readonly host: string;
  /** Name that the certificate has to be for and that is asked for (SNI). @defaultValue `host` */
  readonly serverName?: string | undefined;
  /** Certificates to trust, as PEM. @defaultValue Node's own, with those of `NODE_EXTRA_CA_CERTS` */
  readonly ca?: string | undefined;
}

/**
 * A stage that puts TLS over the connection and verifies the server's certificate. Nothing but the TLS handshake is
 * sent before that.
 */
export function startTls({ host, serverName = host, ca }: TlsOptions): Stage {
  return async (target) => {
    const secured = target.replace((socket) =>
      connect({
        socket,
        host: serverName,
        // An address must not be asked for by SNI (RFC 6066, section 3); the certificate is checked against it.
        ...(isIP(serverName) === 0 && { servername: serverName }),
        ...(ca !== undefined && { ca }),
      }),
    );
    try {
      await once(secured, "secureConnect");
    } catch (cause) {
      // Its message may name the target, which clients must not be told.
      const { code = "no code" } = cause as NodeJS.ErrnoException;
      throw new EndError("target_unreachable", `TLS to the console failed: ${code}`, { cause });
    }
  };
}
