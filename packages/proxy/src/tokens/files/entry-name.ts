/** The longest name in a folder, in bytes (NAME_MAX of Linux). */
const MAX_NAME_BYTES = 255;

/**
 * Whether a token may be the name of an entry in a folder: nothing that leads out of it, and none of the hidden names, in
 * which programs keep other things.
 */
export function isEntryName(token: string): boolean {
  return token.isWellFormed() && /^[^./\\\0][^/\\\0]*$/.test(token) && Buffer.byteLength(token) <= MAX_NAME_BYTES;
}

/** Whether a failure says that there is no such entry, if the folder is there. */
export function isMissing(error: unknown): boolean {
  return ["ENOENT", "ENOTDIR", "ENAMETOOLONG", "ELOOP"].includes((error as NodeJS.ErrnoException).code ?? "");
}
