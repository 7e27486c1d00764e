import { readdirSync, readFileSync } from "node:fs";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { packNewc } from "./newc.ts";
import type { ArchiveEntry } from "./newc.ts";
import { requireProgram } from "./programs.ts";

/** What the guest reports on its second serial port when people can log in. */
export const GUEST_READY = "curfew guest ready";

/** Names the kernel that guests boot where the caller does not. */
const KERNEL_VARIABLE = "CURFEW_GUEST_KERNEL";

/** Where Debian and others install kernels. */
const BOOT = "/boot";

/**
 * The Linux kernel that guests boot when the caller names none: the environment variable `CURFEW_GUEST_KERNEL`,
 * else the newest in /boot. Undefined when there is none.
 */
export function findGuestKernel(): string | undefined {
  const named = process.env[KERNEL_VARIABLE];
  if (named !== undefined && named !== "") return named;
  const newest = readFolder(BOOT)
    .filter((name) => name.startsWith("vmlinuz-"))
    .toSorted((left, right) => left.localeCompare(right, "en", { numeric: true }))
    .at(-1);
  return newest === undefined ? undefined : join(BOOT, newest);
}

/** @throws Error saying where a kernel was looked for, when there is none. */
export function requireGuestKernel(kernel: string | undefined): string {
  const found = kernel ?? findGuestKernel();
  if (found === undefined) {
    throw new Error(`no Linux kernel for the guest: set ${KERNEL_VARIABLE} to one, or install one in ${BOOT}`);
  }
  return found;
}

function readFolder(folder: string): string[] {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
}

/** What runs in a guest: how people log in, or what its screen shows. */
export interface GuestSystem {
  readonly hostname: string;
  /** Shown before the login prompt. */
  readonly banner: string;
  /** The password of `root`. */
  readonly password: string;
  /** Lines of busybox's inittab that run the consoles. */
  readonly consoles: readonly string[];
  /** Shell script that a console may run as /bin/console. */
  readonly console?: string;
}

/** Writes the guest's root file system, busybox and a handful of files, as an initramfs into `file`. */
export async function writeInitramfs(file: string, system: GuestSystem): Promise<void> {
  const busybox = readFileSync(requireProgram("busybox"));
  await writeFile(
    file,
    packNewc([
      ...["bin", "dev", "etc", "proc", "root", "sys", "tmp"].map((name) => ({ name, mode: 0o040755 })),
      { name: "dev/console", mode: 0o020600, device: [5, 1] },
      executable("bin/busybox", busybox),
      executable("init", "#!/bin/busybox sh\n/bin/busybox --install -s /bin\nexec /bin/init\n"),
      executable("etc/rc", startScript(system)),
      executable("bin/console", system.console ?? "#!/bin/sh\nexec sh\n"),
      text("etc/inittab", `${["::sysinit:/etc/rc", ...system.consoles].join("\n")}\n`),
      text("etc/issue", `${system.banner}\n`),
      text("etc/passwd", "root:x:0:0:root:/root:/bin/sh\n"),
      text("etc/group", "root:x:0:\n"),
      text("etc/hostname", `${system.hostname}\n`),
    ]),
  );
}

function startScript(system: GuestSystem): string {
  return `#!/bin/sh
mount -t proc proc /proc
mount -t sysfs sysfs /sys
mount -t devtmpfs devtmpfs /dev
hostname -F /etc/hostname
hash=$(mkpasswd -m md5 ${quote(system.password)})
(umask 077 && echo "root:$hash:19000:0:99999:7:::" > /etc/shadow)
`;
}

/** One word of a shell's command line. */
function quote(word: string): string {
  return `'${word.replaceAll("'", String.raw`'\''`)}'`;
}

function executable(name: string, content: string | Uint8Array): ArchiveEntry {
  return { name, mode: 0o100755, content: Buffer.from(content) };
}

function text(name: string, content: string): ArchiveEntry {
  return { name, mode: 0o100644, content: Buffer.from(content) };
}
