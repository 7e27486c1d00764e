import { resolve } from "node:path";
import { packAll } from "./tarballs/pack.ts";

/** Packs the published packages, from what is built: `node tools/publish/pack.ts <folder>`. */
const [folder] = process.argv.slice(2);
if (folder === undefined) throw new Error("expected the folder for the tarballs");
await packAll(resolve(folder));
