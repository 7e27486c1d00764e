import { LOOPBACK, onFreePort } from "./ports.ts";
import { guestReady, startMachine } from "./qemu.ts";
import { screenGuest } from "./screen-guest.ts";
import { realServer } from "./server.ts";
import type { RealServer } from "./server.ts";

/** A virtual machine whose screen is served by QEMU's SPICE server. */
export interface QemuSpice extends RealServer {
  /**
   * Resolves when a line that matches was typed into the guest, at any time since its start.
   * @throws Error when there is none within `timeoutMs` (default 10,000), quoting what was typed instead.
   */
  typed(pattern: RegExp, timeoutMs?: number): Promise<string>;
}

/** What the machine boots. */
export interface QemuSpiceOptions {
  /** Path of a Linux kernel with a VGA text console built in. Default: see `findGuestKernel`. */
  readonly kernel?: string;
}

/**
 * Starts a virtual machine with Linux, a VGA screen and a keyboard behind QEMU's SPICE server, without a password.
 * Resolves when its shell reads the keyboard.
 * @throws Error when QEMU, its SPICE module, or what the guest needs is missing or does not start.
 */
export async function startQemuSpice({ kernel }: QemuSpiceOptions = {}): Promise<QemuSpice> {
  return onFreePort(async (port) => {
    const spice = ["-spice", `addr=${LOOPBACK},port=${port},disable-ticketing=on`];
    const machine = await startMachine(["-vga", "std", ...spice, "-serial", "stdio"], screenGuest(kernel), guestReady);
    const server = realServer(port, LOOPBACK, { processes: [machine.process], folder: machine.folder });
    return { ...server, typed: async (pattern, timeoutMs) => machine.reported.match(pattern, timeoutMs) };
  });
}
