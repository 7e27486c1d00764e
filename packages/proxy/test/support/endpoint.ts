import type { TcpEndpoint } from "../../src/index.ts";

/** The endpoint of a test server. */
export function endpointOf({ host, port }: { readonly host: string; readonly port: number }): TcpEndpoint {
  return { type: "tcp", host, port };
}
