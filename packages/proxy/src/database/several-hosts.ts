/** @param hosts - as the URL has them. */
export function severalHosts(hosts: string): TypeError {
  return new TypeError(
    `expected one host in the database URL, but got several (${hosts}): name the address of a proxy, or one that moves to the server that can be written to`,
  );
}
