import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { ROOT } from "../root.ts";

/** Builds the page of an app. Ends this process when that fails. */
export function buildPage(app: "console" | "demo"): void {
  const vite = join(ROOT, "node_modules/vite/bin/vite.js");
  const args = [vite, "build", "--logLevel", "warn", join(ROOT, "apps", app)];
  // What a command prints to its standard output stays its own.
  const { status } = spawnSync(process.execPath, args, { stdio: ["ignore", 2, 2] });
  if (status !== 0) process.exit(status ?? 1);
}

/** Whether the console page has been built, so that a gateway can serve it. */
export function hasConsolePage(): boolean {
  return existsSync(join(ROOT, "packages/proxy/page/index.html"));
}
