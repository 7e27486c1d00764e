import { writeFile } from "node:fs/promises";
import { composeNotices, noticesFile } from "./notices/notices.ts";

/** Writes THIRD_PARTY_NOTICES.md anew: `node tools/notices.ts`, after a dependency of the pages has changed. */
await writeFile(noticesFile, await composeNotices());
