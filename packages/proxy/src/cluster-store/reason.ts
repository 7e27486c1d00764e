import { isUnknownAuthority } from "../net/unknown-authority.ts";

/** What went wrong, for people. Where a name has several addresses, and none of them answers, the error has no message. */
export function reasonOf(error: unknown): string {
  if (error instanceof AggregateError) return error.errors.map(reasonOf).join("; ");
  if (isUnknownAuthority(error)) return "its certificate is not from an authority of cluster.ca";
  return error instanceof Error ? error.message : String(error);
}
