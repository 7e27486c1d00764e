import { fetchNode } from "./setup/node.ts";

/** Fetches versions of Node: `node tools/fetch-node.ts <version…>`. */
for (const version of process.argv.slice(2)) await fetchNode(version);
