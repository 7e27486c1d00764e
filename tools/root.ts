import { join } from "node:path";

/** The repository's root folder. */
export const ROOT: string = join(import.meta.dirname, "..");

/** Where tools keep what they fetch or compute once; git ignores it. */
export const CACHE: string = join(ROOT, ".cache");

/** Where Node keeps compiled code: tests start hundreds of gateways, and half of each start is the compiler's. */
export const COMPILE_CACHE: string = join(CACHE, "node");
