import { fetchKernel } from "./kernel.ts";
import { thisMachine } from "./machine.ts";
import type { Machine } from "./machine.ts";
import { needs } from "./needs.ts";
import type { Need, Requirement } from "./needs.ts";

/** Everything that can be asked for. */
export const allNeeds: readonly Need[] = Object.keys(needs) as Need[];

const INSTALL = ["apt-get", "install", "-y", "--no-install-recommends"] as const;

/**
 * Makes sure that what is asked for is on the machine: on Debian, as root, it installs what is missing.
 * Quick and silent when everything is there.
 * @throws Error listing what to install and how, where that cannot be done.
 */
export async function ensure(
  asked: readonly Need[] = allNeeds,
  machine: Machine = thisMachine,
  requirements: Readonly<Record<Need, Requirement>> = needs,
): Promise<void> {
  const presence = await Promise.all(asked.map(async (need) => requirements[need].present()));
  const missing = asked.filter((_, index) => presence[index] === false);
  if (missing.length === 0) return;

  const packages = [...new Set(missing.flatMap((need) => requirements[need].packages))];
  if (!machine.hasApt || (packages.length > 0 && !machine.isRoot)) throw new Error(advice(missing, requirements));

  try {
    machine.say(announcement(missing, packages, requirements));
    if (machine.isRoot) await machine.run("apt-get", ["update", "-qq"]);
    if (packages.length > 0) {
      const [command, ...args] = INSTALL;
      await machine.run(command, [
        ...args,
        "-qq",
        "-o",
        "DPkg::Lock::Timeout=300",
        "-o",
        "Dpkg::Use-Pty=0",
        ...packages,
      ]);
    }
    if (missing.includes("kernel")) await fetchKernel(machine);
  } catch (error) {
    throw new Error(`${error instanceof Error ? error.message : String(error)}\n${advice(missing, requirements)}`, {
      cause: error,
    });
  }
}

/** One line that says what is about to be installed, and what for. */
function announcement(
  missing: readonly Need[],
  packages: readonly string[],
  requirements: Readonly<Record<Need, Requirement>>,
): string {
  const actions = [
    ...(packages.length > 0 ? [`installing ${packages.join(", ")} with apt`] : []),
    ...(missing.includes("kernel") ? ["fetching Debian's Linux kernel into .cache"] : []),
  ];
  return `Set-up: ${actions.join(" and ")}, for ${missing.map((need) => requirements[need].purpose).join(", ")}.${packages.length > 0 ? " This takes a few minutes." : ""}`;
}

/** What to do by hand, one line for each thing that is missing. */
function advice(missing: readonly Need[], requirements: Readonly<Record<Need, Requirement>>): string {
  const packages = [...new Set(missing.flatMap((need) => requirements[need].packages))];
  return [
    "Missing on this machine:",
    ...missing.map((need) => `  ${need}: needed for ${requirements[need].purpose}`),
    ...(packages.length > 0 ? [`On Debian, as root: ${INSTALL.join(" ")} ${packages.join(" ")}`] : []),
    ...(missing.includes("browser") ? ["A browser elsewhere: npx playwright install chromium"] : []),
    ...(missing.includes("kernel")
      ? ["A kernel elsewhere: set CURFEW_GUEST_KERNEL to a Linux kernel for amd64 with serial ports built in"]
      : []),
    "Elsewhere, install the programs of the same names and run this again.",
  ].join("\n");
}
