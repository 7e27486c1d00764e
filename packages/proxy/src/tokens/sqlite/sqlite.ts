import type * as sqlite from "node:sqlite";

/** Node's SQLite. */
export const DatabaseSync: typeof sqlite.DatabaseSync = loadQuietly().DatabaseSync;

/** As a type, too. */
export type DatabaseSync = sqlite.DatabaseSync;

/**
 * In some versions, such as 22.21 and 24.9, every thread that loads it warns on standard error that it is experimental. The
 * log there has lines of JSON only.
 */
function loadQuietly(): typeof sqlite {
  const own = Object.getOwnPropertyDescriptor(process, "emitWarning") ?? {};
  Object.defineProperty(process, "emitWarning", { ...own, value: () => {} });
  try {
    return process.getBuiltinModule("node:sqlite");
  } finally {
    Object.defineProperty(process, "emitWarning", own);
  }
}
