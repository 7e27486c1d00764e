import type { TestCertificate } from "./certificate.ts";

/** What the gateways and the clients of a test file speak TLS with; plain, unless the file says otherwise. */
let certificate: TestCertificate | undefined;

/** From now on they speak TLS. */
export function useTls(made: TestCertificate): void {
  certificate = made;
}

/** Configuration of a gateway. */
export function tlsConfig(): { cert?: string; key?: string } {
  return certificate === undefined ? {} : { cert: certificate.cert, key: certificate.key };
}

/** What a client trusts; undefined for one without TLS. */
export function trusted(): { readonly ca: string } | undefined {
  return certificate && { ca: certificate.pem };
}
