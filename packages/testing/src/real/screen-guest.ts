import { GUEST_READY } from "./guest.ts";
import type { Guest } from "./qemu.ts";

/** Runs typed lines in a shell, and reports each on the serial port. */
const consoleScript = `#!/bin/sh
cd /root
echo "Curfew guest: this is a real machine's screen."
while printf '/ # ' && read -r line; do
  printf '%s\\n' "$line" > /dev/ttyS0
  eval "$line"
done
`;

/**
 * A Linux guest with a shell on a VGA screen.
 *
 * @param kernel - path of the kernel. @defaultValue see `findGuestKernel`
 */
export function screenGuest(kernel: string | undefined): Guest {
  return {
    kernel,
    parameters: ["console=tty0"],
    system: {
      hostname: "guest",
      password: "curfew",
      banner: "",
      consoles: ["tty1::respawn:/bin/console", `::once:/bin/echo ${GUEST_READY} >/dev/ttyS0`],
      console: consoleScript,
    },
  };
}
