import { join } from "node:path";

/** The repository's root folder. */
export const root: string = join(import.meta.dirname, "..");

/** What tools fetch or work out once and keep; git ignores it. */
export const cache: string = join(root, ".cache");
