import type { KnownLease, NamedLease, SlotDecision, SlotLimit, SlotRules } from "../session.ts";
import type { SlotFacts } from "./slot-facts.ts";

/**
 * Decides as `acquire` of the slots of one gateway.
 *
 * @param counted - how many leases count.
 */
export function decideSlot(known: KnownLease, facts: SlotFacts, counted: number, rules: SlotRules): SlotDecision {
  const { most, isRenewal, onLimit, agreed } = rules;
  const { ofClient, ofToken, leaving } = facts;
  const refuse = (limit: SlotLimit): SlotDecision => ({ kind: "refused", limit });
  if (isRenewal) {
    if (ofToken >= most.max_per_token) return refuse("max_per_token");
    return { kind: "granted", replaces: [], leaving };
  }
  const replaces: NamedLease[] = [];
  const reached = replaceOldest(known, facts, most, replaces);
  if (reached !== undefined && onLimit === "refuse") return refuse(reached);
  const replaced = (is: (of: KnownLease) => boolean): number => replaces.filter((each) => is(each.known)).length;
  if (counted - replaces.length >= most.max) return refuse("max");
  if (ofClient - replaced(({ group }) => group === known.group) >= most.max_per_client) return refuse("max_per_client");
  if (ofToken - replaced(({ token }) => token === known.token) >= most.max_per_token) return refuse("max_per_token");
  // Last: a user is not asked because of a session that another limit refuses.
  if (reached !== undefined && onLimit === "ask") {
    if (agreed === undefined) return { kind: "ask", limit: reached, of: replaces };
    // Another session than those that were asked has become the oldest one.
    if (!replaces.every(({ name }) => agreed.includes(name))) return refuse(reached);
  }
  return { kind: "granted", replaces, leaving };
}

/**
 * Finds the oldest leases of a machine and of a user that have as many as they may have.
 *
 * @param replaces - gets them.
 * @returns the first limit that is reached.
 */
function replaceOldest(
  known: KnownLease,
  facts: SlotFacts,
  most: SlotRules["most"],
  replaces: NamedLease[],
): SlotLimit | undefined {
  const groups = [
    ["max_per_instance", facts.instance, (of: KnownLease) => of.instance === known.instance],
    ["max_per_user", facts.user, (of: KnownLease) => of.user === known.user],
  ] as const;
  let reached: SlotLimit | undefined;
  for (const [limit, { count, oldest }, isOfGroup] of groups) {
    const [before] = replaces;
    const staying = count - (before !== undefined && isOfGroup(before.known) ? 1 : 0);
    const next = oldest.find(({ name }) => name !== before?.name);
    if (staying < most[limit] || next === undefined) continue;
    reached ??= limit;
    replaces.push(next);
  }
  return reached;
}
