import { buildPage, hasConsolePage } from "./pages/build.ts";
import { ensure } from "./setup/ensure.ts";
import { guestEnvironment } from "./setup/guest.ts";

/**
 * `npx pnpm@12 start` builds the pages and runs the demo. It installs nothing: fake machines need nothing, and real ones join
 * where their programs are installed (`node tools/setup.ts` installs them).
 *
 * `npx pnpm@12 start nova` runs the gateway in place of nova-novncproxy, with a small cloud around it, and sets up what that needs.
 */
const [demo, ...rest] = process.argv.slice(2);
if (demo === undefined) await startDemo();
else if (demo === "nova" && rest.length === 0) await startNova();
else {
  console.error(`expected nothing, or nova, but got ${process.argv.slice(2).join(" ")}`);
  process.exitCode = 2;
}

async function startDemo(): Promise<void> {
  buildPage("console");
  buildPage("demo");
  Object.assign(process.env, guestEnvironment());
  await import("../apps/demo/src/server/main.ts");
}

async function startNova(): Promise<void> {
  try {
    await ensure(["mariadb", "rabbitmq", "tigervnc"]);
  } catch (error) {
    console.error(error instanceof Error ? error.message : error);
    process.exitCode = 1;
    return;
  }
  if (!hasConsolePage()) buildPage("console");
  await import("../apps/demo/src/nova/main.ts");
}
