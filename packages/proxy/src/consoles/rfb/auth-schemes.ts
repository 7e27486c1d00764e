import { type AuthScheme, NONE } from "../../targets/rfb/auth-scheme.ts";
import { VeNCrypt } from "../../targets/rfb/vencrypt.ts";
import { type PemFile, TlsFiles } from "../../targets/tls-files.ts";

/** How the gateway itself authenticates to VNC servers: the options of the group `vnc`. */
export interface VncSecurityOptions {
  /**
   * What it may use, the most preferred first: `none`, or `vencrypt` (VeNCrypt with an X.509 certificate of the server).
   * null to pass the handshake on unchanged, so that each client authenticates itself.
   */
  readonly auth_schemes: readonly ("none" | "vencrypt")[] | null;
  /** PEM file with the authorities of the servers' certificates; null for Node's. */
  readonly vencrypt_ca_certs: string | null;
  /** PEM file with the certificate that the gateway shows; null for none. */
  readonly vencrypt_client_cert: string | null;
  /** PEM file with the certificate's private key; null when `vencrypt_client_cert` has that, too. */
  readonly vencrypt_client_key: string | null;
  /** Whether a server's certificate has to be for the name or address that was dialed. */
  readonly vencrypt_check_server_name: boolean;
  /** User name for servers that ask for one (X509Plain); null for none. */
  readonly vencrypt_username: string | null;
  /** Password for servers that ask for one (X509Vnc, X509Plain); null for none. */
  readonly vencrypt_password: string | null;
}

/**
 * Makes the schemes in the operator's order, each once; undefined where the client itself authenticates.
 *
 * @param onUnusable - called when renewed certificates cannot be used.
 * @throws Error that names the option and the file that is missing or wrong.
 */
export function openAuthSchemes(
  options: VncSecurityOptions,
  onUnusable: (error: Error) => void,
): readonly AuthScheme[] | undefined {
  if (options.auth_schemes === null) return undefined;
  return [...new Set(options.auth_schemes)].map((name) => (name === "none" ? NONE : openVeNCrypt(options, onUnusable)));
}

function openVeNCrypt(options: VncSecurityOptions, onUnusable: (error: Error) => void): VeNCrypt {
  const file = (name: "ca_certs" | "client_cert" | "client_key"): PemFile | undefined => {
    const path = options[`vencrypt_${name}`];
    return path === null ? undefined : { option: `vnc.vencrypt_${name}`, path };
  };
  return new VeNCrypt({
    files: new TlsFiles({ ca: file("ca_certs"), cert: file("client_cert"), key: file("client_key"), onUnusable }),
    checkServerName: options.vencrypt_check_server_name,
    username: options.vencrypt_username ?? undefined,
    password: options.vencrypt_password ?? undefined,
  });
}
