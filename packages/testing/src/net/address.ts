/** Where something listens: `host:port`, or a fake server. */
export type Target = string | { readonly address: string };

const HOST_AND_PORT = /^(?:\[([^\]]+)\]|([^:[\]]+)):(\d+)$/;

/** `host:port`, with the brackets that an IPv6 address needs. */
export function formatAddress(host: string, port: number): string {
  return host.includes(":") ? `[${host}]:${port}` : `${host}:${port}`;
}

/** @throws RangeError for an address that is not `host:port`. */
export function hostAndPort(target: Target): { host: string; port: number } {
  const address = typeof target === "string" ? target : target.address;
  const [, literal, name, port] = HOST_AND_PORT.exec(address) ?? [];
  const host = literal ?? name;
  if (host === undefined) throw new RangeError(`target is ${JSON.stringify(address)}; expected host:port`);
  return { host, port: Number(port) };
}
