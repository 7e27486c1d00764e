import { buildPage, hasConsolePage } from "./pages/build.ts";
import { ensure } from "./setup/ensure.ts";
import { guestEnvironment } from "./setup/guest.ts";
import type { RequirementName } from "./setup/requirements.ts";

/**
 * `npx pnpm@12 start` builds the pages and runs the demo. It installs nothing: fake machines need nothing, and real ones join
 * where their programs are installed (`node tools/setup.ts` installs them).
 *
 * `npx pnpm@12 start nova` runs the gateway in place of nova-novncproxy, with a small cloud around it, and sets up what that needs.
 * `npx pnpm@12 start cluster` runs the demo with several gateways as one.
 */
const [demo, ...rest] = process.argv.slice(2);
if (demo === undefined) await startDemo();
else if (demo === "nova" && rest.length === 0) await startNova();
else if (demo === "cluster" && rest.length === 0) await startCluster();
else {
  console.error(`expected nothing, nova or cluster, but got ${process.argv.slice(2).join(" ")}`);
  process.exitCode = 2;
}

async function startDemo(): Promise<void> {
  buildPage("console");
  buildPage("demo");
  Object.assign(process.env, guestEnvironment());
  await import("../apps/demo/src/server/main.ts");
}

async function startNova(): Promise<void> {
  if (!(await ensured(["mariadb", "rabbitmq", "tigervnc"]))) return;
  if (!hasConsolePage()) buildPage("console");
  await import("../apps/demo/src/nova/main.ts");
}

async function startCluster(): Promise<void> {
  if (!(await ensured(["redis", "haproxy"]))) return;
  buildPage("console");
  buildPage("demo");
  Object.assign(process.env, guestEnvironment());
  await import("../apps/demo/src/cluster/main.ts");
}

/** Whether the machine has what is asked for. If not, prints what is missing, and the process fails. */
async function ensured(requirements: readonly RequirementName[]): Promise<boolean> {
  try {
    await ensure(requirements);
    return true;
  } catch (error) {
    console.error(error instanceof Error ? error.message : error);
    process.exitCode = 1;
    return false;
  }
}
