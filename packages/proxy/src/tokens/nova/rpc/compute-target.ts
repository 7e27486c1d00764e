/**
 * Where `validate_console_port` is sent: nova-compute serves a second topic since version 6.5 of its interface (2026.1), so
 * that consoles open while it shuts down.
 */
export interface ComputeTarget {
  readonly topic: "compute" | "compute-alt";
  /** The version of the interface that the request names. */
  readonly version: "5.0" | "6.0";
}

/** The version of the interface that `[upgrade_levels] compute` means by the name of a release. */
const RELEASES: ReadonlyMap<string, string> = new Map(
  Object.entries({
    queens: "5.0",
    rocky: "5.0",
    stein: "5.1",
    train: "5.3",
    ussuri: "5.11",
    victoria: "5.12",
    wallaby: "6.0",
    xena: "6.0",
    yoga: "6.0",
    zed: "6.1",
    antelope: "6.2",
    bobcat: "6.2",
    caracal: "6.3",
    dalmatian: "6.3",
    epoxy: "6.4",
    flamingo: "6.4",
    gazpacho: "6.5",
  }),
);

/** The first versions of the nova-compute service with version 6.0 and 6.5 of the interface (`SERVICE_VERSION_HISTORY`). */
const SERVICE_WITH_6_0 = 56;
const SERVICE_WITH_6_5 = 71;

/**
 * Chooses the target as Nova's `ComputeAPI` does.
 *
 * @param upgradeLevel - `[upgrade_levels] compute`.
 * @param serviceVersion - the lowest version of a nova-compute service in the table `services`; it decides if the level is
 *   `auto`. Without one, the target is one that all releases since Wallaby serve.
 * @throws TypeError that names the level and what was expected.
 */
export function computeTarget(upgradeLevel: string, serviceVersion: number | undefined): ComputeTarget {
  const [major, minor] = upgradeLevel === "auto" ? versionOfService(serviceVersion) : parseUpgradeLevel(upgradeLevel);
  if (major < 6) return { topic: "compute", version: "5.0" };
  return { topic: major === 6 && minor < 5 ? "compute" : "compute-alt", version: "6.0" };
}

/** @throws TypeError that names a level that there is not. */
export function checkUpgradeLevel(upgradeLevel: string): void {
  if (upgradeLevel !== "auto") parseUpgradeLevel(upgradeLevel);
}

function parseUpgradeLevel(upgradeLevel: string): readonly [major: number, minor: number] {
  const match = /^(\d{1,3})\.(\d{1,3})$/.exec(RELEASES.get(upgradeLevel) ?? upgradeLevel);
  if (match !== null) return [Number(match[1]), Number(match[2])];
  throw new TypeError(
    `expected auto, a version such as 6.4, or a release from queens to gazpacho, but got ${JSON.stringify(upgradeLevel)}`,
  );
}

function versionOfService(version: number | undefined): readonly [major: number, minor: number] {
  // Nova has version 0 where no service is known.
  if (version === undefined || version === 0) return [6, 0];
  if (version >= SERVICE_WITH_6_5) return [6, 5];
  return version >= SERVICE_WITH_6_0 ? [6, 0] : [5, 0];
}
