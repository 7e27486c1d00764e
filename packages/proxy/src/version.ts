/** The package's version, which all packages of Curfew share. `npx pnpm@12 bump` changes it. */
export const VERSION = "0.1.0-dev";

/** What runs, as the log and the metrics tell it: the versions of Curfew and of Node. */
export const BUILD: Readonly<Record<"version" | "node", string>> = { version: VERSION, node: process.versions.node };
