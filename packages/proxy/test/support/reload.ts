import { once } from "node:events";
import type { Command } from "./command.ts";

/** What is logged after SIGHUP where the configuration has taken effect. */
export const RELOADED = "SIGHUP: the configuration was read again";

/** What is logged where it has not. */
export const RELOAD_REFUSED = "SIGHUP: the configuration cannot be used; the old one stays";

/** Sends SIGHUP, and waits until it is done. */
export async function reload(command: Command): Promise<void> {
  const done = (): number => command.logged(RELOADED).length + command.logged(RELOAD_REFUSED).length;
  const before = done();
  command.process.kill("SIGHUP");
  while (done() === before) await once(command.process.stderr, "data");
}
