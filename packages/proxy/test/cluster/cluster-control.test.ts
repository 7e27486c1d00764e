import { expect, test } from "vitest";
import { ClusterControl } from "../../src/cluster/cluster-control.ts";
import { answerControl } from "../../src/control/control-request.ts";
import { MergedControl } from "../../src/control/merged-control.ts";
import type { SessionControl } from "../../src/control/session-control.ts";
import type { SessionView } from "../../src/control/session-view.ts";
import { formatPosition, parsePosition } from "../../src/paging.ts";
import type { GatewayHandlers } from "../../src/cluster/messages.ts";
import { stopwatch } from "../support/waited.ts";
import { FakeNetwork, member } from "./fake-network.ts";

const NOT_CONNECTED = "it is not connected to the cluster's store: it has stopped, or is cut off";

const NOTHING = { unavailable: [], replaced: [] };

function view(number: number, prefix: string): SessionView {
  const at = new Date(1_800_000_000_000 + number).toISOString();
  return {
    id: `${prefix}-${number}`,
    token_id: "t",
    type: "vnc",
    target: "10.0.0.5:5900",
    instance: null,
    name: null,
    user: null,
    access: "control",
    gateway: null,
    client: "192.0.2.1",
    certificate: null,
    state: "relaying",
    started_at: at,
    expires_at: null,
    bytes_to_client: 0,
    bytes_to_target: 0,
  };
}

/** The control of one gateway with these sessions. */
function gatewayControl(sessions: readonly SessionView[], members: Partial<typeof NOTHING> = {}): SessionControl {
  const all = { ...NOTHING, ...members };
  return new MergedControl((async (request: {
    type: string;
    id?: string;
    page?: { limit?: number; after?: string };
  }) => {
    const { type, id, page = {} } = request;
    if (type === "list") {
      const start = page.after === undefined ? undefined : parsePosition(page.after);
      const left = sessions.filter(({ started_at }) => start === undefined || Date.parse(started_at) > start.at);
      const shown = left.slice(0, page.limit);
      const last = shown.at(-1);
      const next =
        last && left.length > shown.length
          ? formatPosition({ at: Date.parse(last.started_at), id: last.id })
          : undefined;
      return { answers: [{ sessions: shown, next }], ...all };
    }
    if (type === "end") return { answers: [sessions.length], ...all };
    const found = sessions.find((session) => session.id === id) ?? null;
    if (type === "extend") return { answers: [found && { session: found, refused: null }], ...all };
    if (type === "get") return { answers: [found], ...all };
    return { answers: [type === "lock" ? { ended: sessions.length, expiresAt: undefined } : null], ...all };
  }) as never);
}

function handlers(own: SessionControl): Partial<GatewayHandlers> {
  return {
    list: async (request) => await answerControl<"list">(own, request),
    get: async (request) => await answerControl<"get">(own, request),
    end: async (request) => await answerControl<"end">(own, request),
    extend: async (request) => await answerControl<"extend">(own, request),
    lock: async (request) => await answerControl<"lock">(own, request),
    unlock: async (request) => await answerControl<"unlock">(own, request),
  };
}

interface Fakes {
  readonly network: FakeNetwork;
  readonly control: ClusterControl;
}

/** This gateway, `one`, and `two` and `three`, with `counts` sessions. */
function cluster(
  counts: readonly [number, number, number],
  members?: Partial<typeof NOTHING>,
  at = (number: number, gateway: number): number => number * 3 + gateway,
): Fakes {
  const network = new FakeNetwork();
  const ids = ["one", "two", "three"] as const;
  const gateways = ids.map((id, index) => {
    const sessions = Array.from({ length: counts[index] ?? 0 }, (_, number) => view(at(number, index), id));
    const own = gatewayControl(sessions, members);
    return { own, messages: network.add(id, handlers(own)) };
  });
  const [first] = gateways as [(typeof gateways)[0]];
  const control = new ClusterControl({
    own: first.own,
    membership: { self: member("one"), live: ids.map((id) => member(id)), nameOf: ({ name }) => name },
    messages: first.messages,
    refresh: async () => {},
  });
  return { network, control };
}

test("a list has the sessions of all gateways, oldest first, each with its gateway", async () => {
  const { control } = cluster([2, 1, 1]);
  const { sessions, next, unavailable } = await control.list();
  expect(sessions.map(({ id, gateway }) => [id, gateway])).toEqual([
    ["one-0", "one"],
    ["two-1", "two"],
    ["three-2", "three"],
    ["one-3", "one"],
  ]);
  expect([next, unavailable]).toEqual([undefined, []]);
});

test("pages that are longer than a message have every session once", async () => {
  const { control, network } = cluster([700, 600, 0]);
  const seen: string[] = [];
  let after: string | undefined;
  do {
    const page = await control.list({ limit: 400, after });
    expect(page.sessions.length).toBeLessThanOrEqual(400);
    seen.push(...page.sessions.map(({ id }) => id));
    after = page.next;
  } while (after !== undefined);
  expect([seen.length, new Set(seen).size]).toEqual([1300, 1300]);
  expect(Math.max(...network.sent.map(({ message }) => message.length))).toBeLessThan(128 * 1024);
});

test("of each gateway no more is read than a page needs", async () => {
  const { control, network } = cluster([0, 300, 300]);
  expect((await control.list({ limit: 10 })).sessions).toHaveLength(10);
  expect(network.sent).toHaveLength(4);
  // Two parts of each, less what another one has already.
  const { sessions } = await control.list({ limit: 300 });
  expect(sessions.at(-1)?.id).toBe("three-449");
  expect(network.sent.length).toBeLessThanOrEqual(4 + 8);
});

test("a gateway whose sessions are all older than those of the others is read as far as the page goes", async () => {
  const { control } = cluster([0, 400, 400], {}, (number, gateway) => number + gateway * 1000);
  const { sessions, next } = await control.list({ limit: 350 });
  expect([sessions.length, sessions.at(-1)?.id]).toEqual([350, "two-1349"]);
  expect((await control.list({ limit: 350, after: next })).sessions.at(50)?.id).toBe("three-2000");
});

test("a list of which a part is missing is not taken for complete", async () => {
  const { control, network } = cluster([0, 300, 0]);
  let parts = 0;
  network.faults.set("two", (text, deliver) => {
    parts += 1;
    deliver(parts === 1 ? text : text.replace('"type":"list"', '"type":"none"'));
  });
  const { sessions, unavailable } = await control.list({ limit: 300 });
  expect([sessions, unavailable.map(({ member }) => member)]).toEqual([[], ["gateway two"]]);
});

test("a session is inspected, extended and ended from any gateway", async () => {
  const { control } = cluster([1, 1, 1]);
  expect((await control.get("three-2")).session).toMatchObject({ id: "three-2", gateway: "three" });
  expect((await control.get("none")).session).toBeUndefined();
  const { session, refused } = await control.extend("two-1", 1_900_000_000_000);
  expect([session?.gateway, refused]).toEqual(["two", undefined]);
  expect(await control.end({ by: "all" }, { reason: "session_terminated", detail: "" })).toEqual({
    ended: 3,
    ...NOTHING,
  });
  const lock = { id: "l", subject: "user", value: "alice", message: undefined, createdAt: 0 } as const;
  expect(await control.lock(lock)).toEqual({ ended: 3, expiresAt: undefined, ...NOTHING });
  expect(await control.unlock("l")).toEqual(NOTHING);
});

test.each<[string, (network: FakeNetwork) => void, unknown]>([
  ["is gone", (network) => network.remove("two"), NOT_CONNECTED],
  [
    "hangs",
    (network) => network.faults.set("two", () => {}),
    expect.stringMatching(/^no answer within \d+(\.\d+)? ms/),
  ],
  [
    "lies",
    (network) => network.faults.set("one", (text, deliver) => deliver(text.replace('"id":"two-1"', '"id":["two-1"]'))),
    expect.stringContaining("its answer is malformed: answer.sessions.0.id"),
  ],
])("a gateway that %s is named within a second, and the answer of the others stands", async (_what, harm, reason) => {
  const { control, network } = cluster([1, 1, 1]);
  harm(network);
  const elapsed = stopwatch();
  const { sessions, unavailable, replaced } = await control.list();
  expect(elapsed()).toBeLessThan(2000);
  expect(sessions.map(({ id }) => id)).toEqual(["one-0", "three-2"]);
  expect(unavailable).toEqual([{ member: "gateway two", reason }]);
  expect(replaced).toEqual([]);
});

test("this gateway's own sessions are ended at once, also when the store hangs", async () => {
  const ended: string[] = [];
  const control = new ClusterControl({
    own: new MergedControl((async ({ type }: { type: string }) => {
      ended.push(type);
      return { answers: [1], ...NOTHING };
    }) as never),
    membership: { self: member("one"), live: [member("one"), member("two")], nameOf: ({ name }) => name },
    messages: new FakeNetwork().add("one"),
    refresh: async () => await new Promise(() => {}),
  });
  const ending = control.end({ by: "all" }, { reason: "session_terminated", detail: "" });
  expect(ended).toEqual(["end"]);
  expect(await ending).toEqual({
    ended: 1,
    unavailable: [{ member: "gateway two", reason: NOT_CONNECTED }],
    replaced: [],
  });
});

test("those that are known are asked before this gateway asks the store who else is there", async () => {
  const network = new FakeNetwork();
  const control = new ClusterControl({
    own: gatewayControl([]),
    membership: { self: member("one"), live: [member("one"), member("two")], nameOf: ({ name }) => name },
    messages: network.add("one"),
    refresh: async () => void network.sent.push({ to: "the store", message: "" }),
  });
  await control.end({ by: "token", tokenId: "a" }, { reason: "session_terminated", detail: "" });
  expect(network.sent.map(({ to }) => to)).toEqual(["two", "the store"]);
});

test("a gateway that names a page which goes on for ever is not asked for ever", async () => {
  const { control, network } = cluster([0, 0, 0]);
  network.faults.set("one", (text, deliver) => deliver(text.replace('"sessions":[]', '"sessions":[],"next":"1.a"')));
  expect(await control.list()).toMatchObject({ sessions: [], unavailable: [] });
  expect(network.sent).toHaveLength(4);
});

test("a worker that does not answer is named with its gateway", async () => {
  const unavailable = [{ member: "worker 7", reason: "it hangs" }] as never;
  const { control } = cluster([0, 0, 0], { unavailable });
  expect((await control.unlock("l")).unavailable).toEqual(
    ["one", "two", "three"].map((name) => ({ member: `worker 7 of gateway ${name}`, reason: "it hangs" })),
  );
});
