import { join } from "node:path";
import { GUEST_READY, requireGuestKernel, writeInitramfs } from "./guest.ts";
import type { GuestSystem } from "./guest.ts";
import { startProcess } from "./process.ts";
import type { ServerProcess } from "./process.ts";
import { requireProgram } from "./programs.ts";
import { discard, makeFolder, whenReady } from "./server.ts";
import { TypedText } from "./typed-text.ts";

/** How long a guest may take to boot without hardware virtualisation, in milliseconds. */
const BOOT_MS = 120_000;

/** A virtual machine that runs, with the files that it needs. */
export interface Machine {
  readonly process: ServerProcess;
  readonly folder: string;
  /** What the guest wrote to the serial port that is ours. */
  readonly reported: TypedText;
}

/** A guest to boot: what runs in it, and which serial port is ours to hear its reports. */
export interface Guest {
  readonly system: GuestSystem;
  readonly kernel: string | undefined;
  /** Kernel parameters besides those that make it boot quickly. */
  readonly parameters: readonly string[];
}

/**
 * Starts QEMU, without hardware virtualisation, disk or network, so that it works the same on every machine.
 * @param devices - QEMU arguments for what is special; `-serial stdio` among them is the port for reports.
 * @throws Error with QEMU's own words when it does not start or the guest does not boot.
 */
export async function startMachine(
  devices: readonly string[],
  guest: Guest | undefined,
  ready: (machine: Machine, signal: AbortSignal) => Promise<unknown>,
): Promise<Machine> {
  const qemu = requireProgram("qemu-system-x86_64");
  const folder = await makeFolder("qemu");
  const started: ServerProcess[] = [];
  try {
    const boot = guest === undefined ? [] : await bootArguments(guest, folder);
    const common = ["-nodefaults", "-no-user-config", "-accel", "tcg", "-cpu", "qemu64", "-m", "128", "-no-reboot"];
    const process = await startProcess(qemu, [...common, ...devices, ...boot], 1);
    started.push(process);
    const machine = { process, folder, reported: new TypedText(process.report) };
    await whenReady("QEMU", process, BOOT_MS, async (signal) => ready(machine, signal));
    return machine;
  } catch (error) {
    await discard(started, folder);
    throw error;
  }
}

/** Settles when the guest has reported that it is up. */
export async function guestReady(machine: Machine): Promise<unknown> {
  return machine.reported.match(new RegExp(GUEST_READY, "u"), BOOT_MS);
}

async function bootArguments(guest: Guest, folder: string): Promise<string[]> {
  const kernel = requireGuestKernel(guest.kernel);
  const initramfs = join(folder, "initramfs");
  await writeInitramfs(initramfs, guest.system);
  // An emulated clock looks unstable and mitigations cost time, for nothing here; panic=-1 ends QEMU at once.
  const quick = ["rdinit=/init", "panic=-1", "tsc=unstable", "mitigations=off", "random.trust_cpu=on"];
  return ["-kernel", kernel, "-initrd", initramfs, "-append", [...quick, ...guest.parameters].join(" ")];
}
