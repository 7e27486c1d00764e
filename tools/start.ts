import { buildPage } from "./pages/build.ts";
import { guestEnvironment } from "./setup/guest.ts";

/**
 * Builds the pages and runs the demo: `pnpm start`. It installs nothing: fake machines need nothing, and real ones join
 * where their programs are installed (`node tools/setup.ts` installs them).
 */
buildPage("console");
buildPage("demo");
Object.assign(process.env, guestEnvironment());
await import("../apps/demo/src/server/main.ts");
