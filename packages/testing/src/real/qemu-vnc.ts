import { accepting, LOOPBACK, onFreePort } from "./ports.ts";
import { guestReady, startMachine } from "./qemu.ts";
import { realServer } from "./server.ts";
import type { RealServer } from "./server.ts";
import { screenGuest } from "./screen-guest.ts";

/** QEMU's VNC display 0 has this TCP port. */
const FIRST_VNC_PORT = 5900;

/** A virtual machine whose screen is served by QEMU's own VNC server. */
export interface QemuVnc extends RealServer {
  /**
   * Resolves when a line that matches was typed into the guest, at any time since its start.
   * @throws Error when there is none within `timeoutMs` (default 10,000), quoting what was typed instead.
   */
  typed(pattern: RegExp, timeoutMs?: number): Promise<string>;
}

/** What the machine boots. */
export interface QemuVncOptions {
  /** "bios" shows the firmware's messages and stops there; "linux" (default) a Linux console with a shell. */
  readonly guest?: "bios" | "linux";
  /** Path of a Linux kernel with a VGA text console built in. Default: see `findGuestKernel`. */
  readonly kernel?: string;
  /** With it, only over TLS: VeNCrypt with X509None, as QEMU's `tls-creds-x509` does it. */
  readonly tls?: QemuTls;
}

/** How QEMU secures VNC. */
export interface QemuTls {
  /** Folder with `ca-cert.pem`, `server-cert.pem` and `server-key.pem`, as QEMU and libvirt name them. */
  readonly folder: string;
  /** Whether a client needs a certificate that is signed by one in `ca-cert.pem`. Default: true, as in QEMU. */
  readonly verifyClients?: boolean;
}

/**
 * Starts a virtual machine with a VGA screen and a keyboard behind QEMU's VNC server, without authentication.
 * Resolves when the screen can be watched, and with a Linux guest when its shell reads the keyboard.
 * @throws Error when QEMU, or what the guest needs, is missing or does not start.
 */
export async function startQemuVnc(options: QemuVncOptions = {}): Promise<QemuVnc> {
  const { guest: kind = "linux", kernel, tls } = options;
  const guest = screenGuest(kernel);
  return onFreePort(async (port) => {
    const vnc = ["-vnc", `${LOOPBACK}:${port - FIRST_VNC_PORT}${tls === undefined ? "" : ",tls-creds=tls"}`];
    const devices = ["-vga", "std", ...(tls === undefined ? [] : tlsArguments(tls)), ...vnc, "-serial", "stdio"];
    const machine = await (kind === "bios"
      ? startMachine(devices, undefined, async (_, signal) => accepting(port, signal))
      : startMachine(devices, guest, guestReady));
    const server = realServer(port, LOOPBACK, { processes: [machine.process], folder: machine.folder });
    return { ...server, typed: async (pattern, timeoutMs) => machine.reported.match(pattern, timeoutMs) };
  });
}

function tlsArguments({ folder, verifyClients = true }: QemuTls): string[] {
  // Without its own checks QEMU serves an expired certificate, too.
  const options = ["endpoint=server", `verify-peer=${verifyClients ? "on" : "off"}`, "sanity-check=off"];
  return ["-object", ["tls-creds-x509", "id=tls", `dir=${folder.replaceAll(",", ",,")}`, ...options].join(",")];
}
