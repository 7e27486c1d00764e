/** As in `engines` of package.json. */
const REQUIRED = [22, 13] as const;

/**
 * Names the reason at once: an older Node fails somewhere inside a test.
 *
 * @param version - as in `process.versions.node`
 * @throws Error that names both versions.
 */
export function checkNodeVersion(version: string): void {
  const [major = 0, minor = 0] = version.split(".").map(Number);
  if (major > REQUIRED[0] || (major === REQUIRED[0] && minor >= REQUIRED[1])) return;
  throw new Error(`@curfew/testing needs Node ${REQUIRED.join(".")} or newer, and this is Node ${version}`);
}
