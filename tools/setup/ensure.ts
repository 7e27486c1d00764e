import { thisMachine } from "./machine.ts";
import type { Machine } from "./machine.ts";
import { INSTALLERS, REQUIREMENTS } from "./requirements.ts";
import type { RequirementName, Requirement, System } from "./requirements.ts";

/** Everything that can be asked for. */
export const ALL_REQUIREMENTS: readonly RequirementName[] = Object.keys(REQUIREMENTS) as RequirementName[];

/** Waits for another installation, and prints no progress bars. */
const APT_OPTIONS = ["-qq", "-o", "DPkg::Lock::Timeout=300", "-o", "Dpkg::Use-Pty=0"];

/**
 * Makes sure that the machine has what is asked for. On Debian, as root, it installs what is missing.
 * Quick and silent when nothing is missing.
 * @throws Error that lists what is missing and the commands that install it, where this process cannot.
 */
export async function ensure(
  asked: readonly RequirementName[] = ALL_REQUIREMENTS,
  machine: Machine = thisMachine,
  requirements: Readonly<Record<RequirementName, Requirement>> = REQUIREMENTS,
): Promise<void> {
  const presence = await Promise.all(asked.map(async (need) => requirements[need].present()));
  const missing = asked.filter((_, index) => presence[index] === false);
  if (missing.length === 0) return;

  const wanted = missing.map((need) => requirements[need]);
  const packages = packagesOf("debian", wanted);
  if (!machine.hasApt || (packages.length > 0 && !machine.isRoot)) throw new Error(advice(missing, requirements));
  try {
    machine.say(announcement(wanted, packages));
    if (machine.isRoot) await machine.run("apt-get", ["update", "-qq"]);
    if (packages.length > 0) {
      const install = ["install", "-y", "--no-install-recommends", ...APT_OPTIONS, ...packages];
      await machine.run("apt-get", install);
    }
    for (const { fetched } of wanted) await fetched?.fetch(machine);
  } catch (error) {
    throw new Error(`${error instanceof Error ? error.message : String(error)}\n${advice(missing, requirements)}`, {
      cause: error,
    });
  }
}

/** One line that says what is about to be installed, and what for. */
function announcement(wanted: readonly Requirement[], packages: readonly string[]): string {
  const fetched = wanted.flatMap((requirement) => requirement.fetched?.what ?? []);
  const actions = [
    ...(packages.length > 0 ? [`installing ${packages.join(", ")} with apt`] : []),
    ...(fetched.length > 0 ? [`fetching ${fetched.join(" and ")} into .cache`] : []),
  ];
  const duration = packages.length > 0 ? " This takes a few minutes." : "";
  return `Set-up: ${actions.join(" and ")}, for ${wanted.map(({ purpose }) => purpose).join(", ")}.${duration}`;
}

/** What is missing, a line each, and the command of each system that installs it. */
function advice(
  missing: readonly RequirementName[],
  requirements: Readonly<Record<RequirementName, Requirement>>,
): string {
  const lines = missing.map((need) => {
    const { purpose, note } = requirements[need];
    return [`  ${need}: needed for ${purpose}.`, ...(note === undefined ? [] : [note])].join(" ");
  });
  const wanted = missing.map((need) => requirements[need]);
  const commands = (Object.keys(INSTALLERS) as System[]).flatMap((system) => {
    const packages = packagesOf(system, wanted);
    const { command, system: name } = INSTALLERS[system];
    return packages.length === 0 ? [] : [`On ${name}: ${[...command, ...packages].join(" ")}`];
  });
  return ["Missing on this machine:", ...lines, ...commands].join("\n");
}

function packagesOf(system: System, wanted: readonly Requirement[]): string[] {
  return [...new Set(wanted.flatMap(({ packages }) => packages[system] ?? []))];
}
