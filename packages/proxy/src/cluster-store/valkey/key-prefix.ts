/** What the keys of a cluster begin with. All are in one slot of a Redis Cluster. */
export function keyPrefix(prefix: string): string {
  return `{${prefix}}:`;
}
