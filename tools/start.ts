import { spawn } from "node:child_process";
import { join } from "node:path";
import { guestKernel } from "./setup/kernel.ts";
import { root } from "./root.ts";

/**
 * Builds the pages and runs the demo. It installs nothing: fake machines need nothing, and real
 * ones join where their programs are installed (`node tools/setup.ts` installs them).
 */
const vite = join(root, "node_modules", ".bin", "vite");
for (const app of ["console", "demo"]) await run(vite, ["build", "--logLevel", "warn", `apps/${app}`]);
process.exitCode = await run(process.execPath, ["--conditions=@curfew/source", "apps/demo/src/server/main.ts"]);

/** Runs a program to its end. SIGINT reaches it from the terminal; SIGTERM is passed on. */
async function run(program: string, args: readonly string[]): Promise<number> {
  const child = spawn(program, args, {
    cwd: root,
    stdio: "inherit",
    env: { ...process.env, CURFEW_GUEST_KERNEL: guestKernel() },
  });
  const pass = (): void => void child.kill("SIGTERM");
  process.on("SIGINT", ignore).on("SIGTERM", pass);
  const { promise, resolve, reject } = Promise.withResolvers<number>();
  child.on("error", reject).on("close", (code) => resolve(code ?? 1));
  const code = await promise;
  process.off("SIGINT", ignore).off("SIGTERM", pass);
  if (code !== 0 && program === vite) process.exit(code);
  return code;
}

function ignore(): void {}
