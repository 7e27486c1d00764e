import { ErrorReply } from "@redis/client";
import { StoreFull } from "../session.ts";

/** What a script says before the reason, where the store may keep no more. */
const FULL = "FULL ";

/** Throws what a script failed with. @throws StoreFull where it says so. */
export function fullOr(error: unknown): never {
  if (error instanceof ErrorReply && error.message.startsWith(FULL)) {
    throw new StoreFull(error.message.slice(FULL.length), { cause: error });
  }
  throw error;
}
