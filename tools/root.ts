import { join } from "node:path";

/** The repository's root folder. */
export const ROOT: string = join(import.meta.dirname, "..");

/** Where tools keep what they fetch or compute once; git ignores it. */
export const CACHE: string = join(ROOT, ".cache");
