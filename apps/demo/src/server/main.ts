import { startDashboard } from "./dashboard.ts";
import { optionsOrExit } from "./options.ts";

const dashboard = await startDashboard(optionsOrExit(process.env));
const stop = (): void => void dashboard[Symbol.asyncDispose]();
process.once("SIGINT", stop).once("SIGTERM", stop);
console.log(dashboard.origin);
if (process.stdout.isTTY) describe();

/** Prints the machines, for users at a terminal. */
function describe(): void {
  console.log("\nOpen the address above in a browser. The gateway ends each console at its deadline.\n");
  for (const { name, target, about, login } of dashboard.machines.list())
    console.log(`  ${name.padEnd(18)} ${target.padEnd(16)} ${about}${login === "" ? "" : `; ${login}`}`);
  console.log("\nReal machines appear once they have started. Press Ctrl-C to stop everything.");
}
