import { buildPage, hasConsolePage } from "./pages/build.ts";

/** The command `curfew` from source: `pnpm curfew …`. A checkout has no console page to serve until it is built. */
if (process.argv[2] === "serve" && !hasConsolePage()) buildPage("console");
await import("../packages/proxy/src/cli/main.ts");
