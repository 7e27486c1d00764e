/**
 * The versions of Node that the gateway works with, as in `engines` of its package: the first of each line in which a
 * server decides about each upgrade (`shouldUpgradeCallback`). Before 22.16, SQLite ignores its time-out, too.
 */
export const NODE_VERSIONS = "^22.21.0 || >=24.9.0";

/** Why a version of Node is not enough; undefined if it is. */
export function nodeProblem(version: string): string | undefined {
  const [major = 0, minor = 0] = version.split(".").map(Number);
  if ((major === 22 && minor >= 21) || (major === 24 && minor >= 9) || major > 24) return undefined;
  return `expected Node ${NODE_VERSIONS}, but this is ${version}`;
}
