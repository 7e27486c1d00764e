import type { ConfigInput } from "../../src/index.ts";
import type { Endpoint } from "../../src/net/endpoint.ts";
import type { TestCertificate } from "./certificate.ts";

/** How the targets of a test file are reached. */
export interface TargetTransport {
  readonly type: Endpoint["type"];
  /** What TLS servers show. */
  readonly certificate: TestCertificate | undefined;
  /** Folder for Unix sockets. */
  readonly folder: string | undefined;
}

/** What the gateways and the clients of a test file speak TLS with; plain, unless the file says otherwise. */
let certificate: TestCertificate | undefined;

let targets: TargetTransport = { type: "tcp", certificate: undefined, folder: undefined };

/** From now on gateways and clients speak TLS. */
export function useTls(made: TestCertificate): void {
  certificate = made;
}

/** From now on targets are reached in this way. */
export function useTargetTransport(transport: TargetTransport): void {
  targets = transport;
}

export function targetTransport(): TargetTransport {
  return targets;
}

/** Configuration of a gateway. */
export function transportConfig(): Pick<ConfigInput, "cert" | "key" | "targets"> {
  return {
    ...(certificate && { cert: certificate.cert, key: certificate.key }),
    ...(targets.folder !== undefined && { targets: { allow: ["127.0.0.0/8", `unix:${targets.folder}/`] } }),
  };
}

/** What a client trusts; undefined for one without TLS. */
export function trusted(): { readonly ca: string } | undefined {
  return certificate && { ca: certificate.pem };
}
