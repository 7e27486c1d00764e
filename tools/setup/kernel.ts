import { mkdir, mkdtemp, readdir, rename, rm } from "node:fs/promises";
import { dirname, join } from "node:path";
import { cache } from "../root.ts";
import type { Machine } from "./machine.ts";

/** Debian's kernel for virtual machines: a package that depends on the current version's package. */
const CURRENT_KERNEL = "linux-image-cloud-amd64";

const fetchedKernel = join(cache, "guest-kernel", "vmlinuz");

/** The kernel that Linux guests boot: what CURFEW_GUEST_KERNEL names, else the one that the set-up fetches. */
export function guestKernel(): string {
  const named = process.env["CURFEW_GUEST_KERNEL"];
  return named === undefined || named === "" ? fetchedKernel : named;
}

/**
 * Fetches Debian's kernel and takes the kernel image out of the package. It is not installed: the machine's own
 * boot is none of our business, and this works without being root.
 * @throws Error saying what to do instead, where Debian's amd64 kernel cannot be had.
 */
export async function fetchKernel(machine: Machine): Promise<void> {
  if (guestKernel() !== fetchedKernel)
    throw new Error(`CURFEW_GUEST_KERNEL names ${guestKernel()}, which is not there`);
  if (machine.architecture !== "x64") {
    throw new Error(
      `the serial guest needs a Linux kernel for amd64, and Debian offers none to a machine of type ${machine.architecture}: ` +
        "set CURFEW_GUEST_KERNEL to the path of one",
    );
  }
  await mkdir(cache, { recursive: true });
  // Fetched aside and moved at the end, so that an interrupted set-up leaves no half of a kernel.
  const aside = await mkdtemp(join(cache, "kernel-"));
  try {
    const dependencies = await machine.run("apt-cache", ["show", "--no-all-versions", CURRENT_KERNEL], aside);
    const [versioned] = /linux-image-[\w.+-]+-cloud-amd64/u.exec(/^Depends: .*$/mu.exec(dependencies)?.[0] ?? "") ?? [];
    if (versioned === undefined) throw new Error(`Debian's ${CURRENT_KERNEL} names no kernel: ${dependencies}`);
    await machine.run("apt-get", ["-qq", "-o", "APT::Sandbox::User=root", "download", versioned], aside);
    const archive = (await readdir(aside)).find((name) => name.endsWith(".deb"));
    if (archive === undefined) throw new Error(`apt-get download ${versioned} fetched no package`);
    await machine.run("dpkg-deb", ["--extract", archive, "."], aside);
    const image = (await readdir(join(aside, "boot"))).find((name) => name.startsWith("vmlinuz-"));
    if (image === undefined) throw new Error(`${archive} holds no /boot/vmlinuz-*`);
    await mkdir(dirname(fetchedKernel), { recursive: true });
    await rename(join(aside, "boot", image), fetchedKernel);
  } finally {
    await rm(aside, { recursive: true, force: true });
  }
}
