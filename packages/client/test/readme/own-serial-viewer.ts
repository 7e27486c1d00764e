import { ConsoleConnection } from "@curfew/client";
import { AttachAddon } from "@xterm/addon-attach";
import type { Terminal } from "@xterm/xterm";

export async function open(terminal: Terminal): Promise<ConsoleConnection> {
  const connection = new ConsoleConnection({ authorize: () => ({ url: "/websockify?token=abc" }) });
  connection.on("channel", (channel) => terminal.loadAddon(new AttachAddon(channel)));
  connection.on("closed", () => terminal.reset()); // nothing of an ended session stays on the screen
  await connection.connect();
  return connection;
}
