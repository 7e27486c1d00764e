import { writeFile } from "node:fs/promises";
import { composeNotices, NOTICES_FILE } from "./notices/notices.ts";

/** Writes THIRD_PARTY_NOTICES.md anew: `node tools/notices.ts`, after a dependency of the pages has changed. */
await writeFile(NOTICES_FILE, await composeNotices());
