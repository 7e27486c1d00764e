import type { SecureContext } from "node:tls";
import { type PemFile, TlsFiles } from "./tls-files.ts";

/** How connections to TLS endpoints are secured: the options `tls_*` of the group `targets`. */
export interface TargetTlsOptions {
  /** PEM file with the trusted authorities; null for Node's. */
  readonly tls_ca_certs: string | null;
  /** PEM file with the certificate that the gateway shows; null for none. */
  readonly tls_client_cert: string | null;
  /** PEM file with its private key; null when `tls_client_cert` has that, too. */
  readonly tls_client_key: string | null;
  /** Whether a server's certificate has to be for the name or address that was dialed. */
  readonly tls_check_server_name: boolean;
}

/** What a TLS endpoint is dialed with. */
export interface TargetTls {
  /** What to trust and to show. @defaultValue Node's own authorities, with those of `NODE_EXTRA_CA_CERTS` */
  readonly context?: (() => Promise<SecureContext>) | undefined;
  /** @defaultValue true */
  readonly checkServerName?: boolean | undefined;
}

/**
 * Reads the files that the options name.
 *
 * @param onUnusable - called when changed files cannot be used; those from before stay in use.
 * @throws Error that names the option and the file that is missing or wrong.
 */
export function openTargetTls(options: TargetTlsOptions, onUnusable: (error: Error) => void): TargetTls {
  const checkServerName = options.tls_check_server_name;
  const file = (name: "tls_ca_certs" | "tls_client_cert" | "tls_client_key"): PemFile | undefined => {
    const path = options[name];
    return path === null ? undefined : { option: `targets.${name}`, path };
  };
  const [ca, cert, key] = [file("tls_ca_certs"), file("tls_client_cert"), file("tls_client_key")];
  if (ca === undefined && cert === undefined) return { checkServerName };
  const files = new TlsFiles({ ca, cert, key, onUnusable });
  return { context: async () => await files.context(), checkServerName };
}
