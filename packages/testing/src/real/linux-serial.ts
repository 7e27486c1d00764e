import { GUEST_READY } from "./guest.ts";
import { LOOPBACK, onFreePort } from "./ports.ts";
import { guestReady, startMachine } from "./qemu.ts";
import { realServer } from "./server.ts";
import type { RealServer } from "./server.ts";

/** A Linux guest whose console is a serial port. */
export interface LinuxSerialGuest extends RealServer {
  /** Its host name, as in the prompt `<hostname> login:`. */
  readonly hostname: string;
  readonly user: string;
  readonly password: string;
}

/** How to start a Linux guest on a serial port. */
export interface LinuxSerialOptions {
  /** Path of a Linux kernel with 8250 serial ports built in. Default: see `findGuestKernel`. */
  readonly kernel?: string;
  /** Default: "guest". */
  readonly hostname?: string;
  /** Password of `root`. Default: "curfew". */
  readonly password?: string;
}

/**
 * Boots Linux in QEMU with its console on a serial port over TCP, as a hypervisor offers it (`server=on,wait=off`):
 * it takes one client at a time, a second one receives nothing until the first leaves, and output without a client
 * is lost. So a client presses Enter to see the banner and the login prompt.
 * Resolves when the guest accepts logins.
 * @throws Error when QEMU, busybox or a kernel is missing, or the guest does not boot.
 */
export async function startLinuxSerialGuest(options: LinuxSerialOptions = {}): Promise<LinuxSerialGuest> {
  const { hostname = "guest", password = "curfew", kernel } = options;
  const guest = {
    kernel,
    parameters: ["console=ttyS0", "quiet"],
    system: {
      hostname,
      password,
      banner: String.raw`Linux \r on \n, console \l`,
      consoles: ["ttyS0::respawn:/bin/getty -L 115200 ttyS0 vt100", `::once:/bin/echo ${GUEST_READY} >/dev/ttyS1`],
    },
  };
  return onFreePort(async (port) => {
    const chardev = `socket,id=console,host=${LOOPBACK},port=${port},server=on,wait=off,nodelay=on`;
    const devices = ["-display", "none", "-chardev", chardev, "-serial", "chardev:console", "-serial", "stdio"];
    const machine = await startMachine(devices, guest, guestReady);
    const server = realServer(port, LOOPBACK, { processes: [machine.process], folder: machine.folder });
    return { ...server, hostname, user: "root", password };
  });
}
