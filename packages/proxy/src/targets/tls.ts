import { once } from "node:events";
import { isIP } from "node:net";
import { connect, type SecureContext } from "node:tls";
import type { ServerCloseReason } from "@curfew/protocol";
import { EndError } from "../end-reason.ts";
import type { Stage } from "./stage.ts";

/** Which server a TLS connection is for. */
export interface TlsOptions {
  /** Name or address that was dialed. */
  readonly host: string;
  /** Name that the certificate has to be for and that is asked for (SNI). @defaultValue `host` */
  readonly serverName?: string | undefined;
  /** Certificates to trust and to show. @defaultValue Node's own authorities, with those of `NODE_EXTRA_CA_CERTS` */
  readonly secureContext?: SecureContext | undefined;
  /** Whether the certificate has to be for that name; if not, it only has to be trusted. @defaultValue true */
  readonly checkServerName?: boolean | undefined;
}

/**
 * A stage that puts TLS over the connection and verifies the server's certificate. Nothing but the TLS handshake is
 * sent before that.
 */
export function startTls({ host, serverName = host, secureContext, checkServerName = true }: TlsOptions): Stage {
  return async (target) => {
    const secured = target.replace((socket) =>
      connect({
        socket,
        host: serverName,
        // An address must not be asked for by SNI (RFC 6066, section 3); the certificate is checked against it.
        ...(isIP(serverName) === 0 && { servername: serverName }),
        ...(secureContext !== undefined && { secureContext }),
        ...(!checkServerName && { checkServerIdentity: () => undefined }),
      }),
    );
    try {
      await once(secured, "secureConnect");
    } catch (cause) {
      throw tlsFailure(cause as NodeJS.ErrnoException);
    }
  };
}

const UNTRUSTED = "the console's certificate is not from an authority that the gateway trusts";
const GATEWAY_REFUSED = "the console refused the gateway's certificate";
const NO_VERSION = "the console offers no version of TLS that the gateway uses";

/** What codes say about the server's certificate. */
const CERTIFICATE_FAILURES: Readonly<Record<string, string>> = {
  CERT_HAS_EXPIRED: "the console's certificate has expired",
  CERT_NOT_YET_VALID: "the console's certificate is not valid yet",
  INVALID_PURPOSE: "the console's certificate is not for a server",
  ERR_TLS_CERT_ALTNAME_INVALID: "the console's certificate is for another server",
  DEPTH_ZERO_SELF_SIGNED_CERT: UNTRUSTED,
  SELF_SIGNED_CERT_IN_CHAIN: UNTRUSTED,
  UNABLE_TO_GET_ISSUER_CERT: UNTRUSTED,
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: UNTRUSTED,
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: UNTRUSTED,
  CERT_SIGNATURE_FAILURE: UNTRUSTED,
};

/** What codes say about the TLS handshake. */
const HANDSHAKE_FAILURES: Readonly<Record<string, string>> = {
  ALERT_CERTIFICATE_REQUIRED: "the console requires a certificate of the gateway",
  ALERT_BAD_CERTIFICATE: GATEWAY_REFUSED,
  ALERT_CERTIFICATE_EXPIRED: GATEWAY_REFUSED,
  ALERT_CERTIFICATE_REVOKED: GATEWAY_REFUSED,
  ALERT_CERTIFICATE_UNKNOWN: GATEWAY_REFUSED,
  ALERT_UNSUPPORTED_CERTIFICATE: GATEWAY_REFUSED,
  ALERT_UNKNOWN_CA: GATEWAY_REFUSED,
  ALERT_ACCESS_DENIED: GATEWAY_REFUSED,
  ALERT_DECRYPT_ERROR: GATEWAY_REFUSED,
  ALERT_HANDSHAKE_FAILURE: "the console refused the TLS handshake",
  ALERT_PROTOCOL_VERSION: NO_VERSION,
  ERR_SSL_UNSUPPORTED_PROTOCOL: NO_VERSION,
  ERR_SSL_WRONG_VERSION_NUMBER: "the console does not speak TLS",
  ERR_SSL_PACKET_LENGTH_TOO_LONG: "the console does not speak TLS",
};

/**
 * Why a target closed that said nothing behind the TLS handshake: with TLS 1.3 a server checks the gateway's certificate
 * after that, and some close without a word.
 *
 * @param option - the option that names the gateway's certificate.
 */
export function closedAfterTls(option: string, cause?: string): EndError {
  const hint = `it may expect another certificate of the gateway (${option})`;
  return new EndError("target_security_failed", "the console closed the connection after the TLS handshake", {
    cause: cause === undefined ? hint : `${cause}; ${hint}`,
  });
}

/** Versions of OpenSSL name the alerts of servers after different versions of TLS. */
const ALERT = /^ERR_SSL_.*_ALERT_/;

/** Whether an error is one of TLS itself and not of the connection below. */
export function isTlsError({ code = "" }: NodeJS.ErrnoException): boolean {
  return code.startsWith("ERR_SSL_");
}

/** A code of the connection below TLS, such as ECONNRESET; those of OpenSSL have an underscore. */
const SYSTEM_CODE = /^E[A-Z0-9]+$/;

/** The end for an error of TLS, whose message may name the target, which clients must not be told. */
export function tlsFailure(error: NodeJS.ErrnoException): EndError {
  const { code = "ENOCODE" } = error;
  const [reason, message] = describe(code);
  return new EndError(reason, `${message} (${code})`, { cause: error });
}

/** Codes that are not listed: OpenSSL's own begin with ERR_SSL_, and the others are about the certificate. */
function describe(code: string): readonly [ServerCloseReason, string] {
  if (SYSTEM_CODE.test(code)) {
    return ["target_unreachable", "the console closed the connection during the TLS handshake"];
  }
  const certificate = CERTIFICATE_FAILURES[code];
  if (certificate !== undefined) return ["target_untrusted", certificate];
  if (!code.startsWith("ERR_SSL_")) return ["target_untrusted", "the console's certificate cannot be verified"];
  const message = HANDSHAKE_FAILURES[code.replace(ALERT, "ALERT_")] ?? "TLS to the console failed";
  return ["target_security_failed", message];
}
