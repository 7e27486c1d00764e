import type { StoreProblem } from "../session.ts";

/** As which the server carries out transactions when it loads its file, in versions that check its rights again then. */
export const LOADING_USER = "default";

/** What a revocation writes, in one transaction. @param key - of the cluster. */
export function writesOf(key: string): readonly (readonly string[])[] {
  return [
    ["SET", key, "record", "KEEPTTL"],
    ["XADD", key, "*", "number", "1"],
  ];
}

/**
 * Source: https://github.com/redis/redis/issues/14541, https://github.com/valkey-io/valkey/issues/3983
 *
 * @param info - what the store says of its files (`INFO persistence`); empty where it may not be asked.
 * @param verdicts - what it says of the rights of {@link LOADING_USER} to each of {@link writesOf} (`ACL DRYRUN`); empty
 *   where it may not be asked.
 */
export function findDroppedTransactions(info: string, verdicts: readonly string[]): StoreProblem | undefined {
  const denied = verdicts.find((verdict) => verdict !== "OK");
  if (denied === undefined || /^aof_enabled:0/m.test(info)) return undefined;
  const sentence =
    "the cluster's store may lose revocations when it restarts, because its user default may not write what its file has:" +
    " expected user default off ~* &* +@all";
  return { sentence, fields: { reason: denied } };
}
