import type { StoreProblem } from "../session.ts";

/** The only policy under which the store forgets nothing that has not expired. */
const SAFE_POLICY = "noeviction";

/** @param info - what the store says of its memory (`INFO memory`); empty where it may not be asked. */
export function findEviction(info: string): StoreProblem | undefined {
  const policy = /^maxmemory_policy:(\S+)/m.exec(info)?.[1] ?? SAFE_POLICY;
  const isLimited = !/^maxmemory:0\s*$/m.test(info);
  if (policy === SAFE_POLICY || !isLimited) return undefined;
  const sentence = `the cluster's store forgets tokens, their first uses and slots when its memory is full: expected maxmemory-policy ${SAFE_POLICY}`;
  return { sentence, fields: { policy } };
}
