import { fetchNode } from "./setup/node.ts";

/** Fetches versions of Node: `node tools/fetch-node.ts <version…>`. */
await Promise.all(process.argv.slice(2).map(fetchNode));
