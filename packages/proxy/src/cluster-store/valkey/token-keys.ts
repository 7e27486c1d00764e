import { keyPrefix } from "./key-prefix.ts";

/** Where a cluster keeps its tokens, and what it knows of tokens of other systems, in its store. */
export interface TokenKeys {
  /** The key of a token's record. */
  readonly token: (tokenId: string) => string;
  /** A sorted set of the tokens that are listed, by when they were issued. */
  readonly listed: string;
  /** A sorted set of the same, by when they expire. */
  readonly expiries: string;
  /** A stream of what the gateways tell each other. */
  readonly log: string;
  /** How many entries were ever added to it. */
  readonly logCount: string;
  /** A hash of locks by their ids. */
  readonly locks: string;
  /** A sorted set of single-use tokens that were used, by until when they are kept. */
  readonly used: string;
  /** A hash of first uses. */
  readonly firstUses: string;
  /** A sorted set of the same tokens, by their last use. */
  readonly lastUses: string;
}

/** @param prefix - the cluster's; all keys are in the same slot. */
export function tokenKeys(prefix: string): TokenKeys {
  const key = (name: string): string => keyPrefix(prefix) + name;
  return {
    token: (tokenId) => key(`token:${tokenId}`),
    listed: key("tokens"),
    expiries: key("tokens:expiries"),
    log: key("log"),
    logCount: key("log:count"),
    locks: key("locks"),
    used: key("tokens:used"),
    firstUses: key("tokens:first-uses"),
    lastUses: key("tokens:last-uses"),
  };
}
