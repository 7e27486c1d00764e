import { buildPage, hasConsolePage } from "./pages/build.ts";

/** The command `curfew` from source: `npx pnpm@12 curfew …`. A checkout has no console page to serve until it is built. */
if (["serve", "nova"].includes(process.argv[2] ?? "") && !hasConsolePage()) buildPage("console");
await import("../packages/proxy/src/cli/main.ts");
