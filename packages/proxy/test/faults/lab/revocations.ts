import { CloseCode } from "@curfew/protocol";
import { AdminError } from "../../../src/admin/index.ts";
import type { Cluster, Token } from "./cluster.ts";
import { type ConsoleClient, OpenError } from "./console-client.ts";
import { inParallel } from "../../support/in-parallel.ts";
import { opened } from "./serving.ts";
import { until } from "./until.ts";

/** A session, and the token of its own that it was opened with. */
export interface Watched {
  readonly token: Token;
  readonly client: ConsoleClient;
}

/** Opens sessions with a token each, at the gateways in turn. Tokens are issued at the first gateway. */
export async function openWatched(
  cluster: Cluster,
  count: number,
  gateways: readonly number[] = cluster.gateways.map((_, number) => number),
): Promise<Watched[]> {
  return await inParallel(count, async (index) => {
    const token = await cluster.issue();
    const number = gateways[index % gateways.length] ?? 0;
    return { token, client: await opened(cluster, number, token) };
  });
}

/** What revoking has come to. */
export interface Revoked {
  /** Milliseconds from the request to the admin API until the session's target was gone. */
  readonly after: readonly number[];
  /** How often the admin API said that it could not write. */
  readonly unwritten: number;
}

/**
 * Revokes the tokens of sessions, each at one gateway, and waits until all the sessions are gone.
 *
 * @param at - the gateway that is asked.
 * @param meanwhile - what happens between the answers and the ends.
 * @param parallel - how many are revoked at once.
 * @throws Error naming how many sessions go on.
 */
export async function revokeAll(
  cluster: Cluster,
  watched: readonly Watched[],
  at: number,
  meanwhile: () => Promise<void> = async () => {},
  parallel = 50,
): Promise<Revoked> {
  let unwritten = 0;
  const askedAt = await inParallel(
    watched.length,
    async (index) => {
      const id = watched[index]?.token.id ?? "";
      const sentAt = Date.now();
      const isWritten = await isRevoked(cluster, id, at);
      if (!isWritten) unwritten += 1;
      return sentAt;
    },
    parallel,
  );
  await meanwhile();
  await allGone(watched);
  const ends = await cluster.consoles.ended(watched.map(({ client }) => client.name));
  return {
    after: ends.map((endedAt, index) => endedAt - (askedAt[index] ?? 0)),
    unwritten,
  };
}

/** Revokes a token. @returns whether the gateway said that it is written */
export async function isRevoked(cluster: Cluster, id: string, at: number): Promise<boolean> {
  try {
    await cluster.gateway(at).admin.revokeToken(id);
    return true;
  } catch (error) {
    if (error instanceof AdminError && (error.status ?? 0) >= 500) return false;
    throw error;
  }
}

/** Waits until the sessions were ended as revoked ones are. */
async function allGone(watched: readonly Watched[]): Promise<void> {
  const running = (): number => watched.filter(({ client }) => client.end === undefined).length;
  await until(running, (left) => left === 0, `the end of all ${watched.length} revoked sessions`);
  const wrong = watched.find(({ client }) => client.end?.code !== CloseCode.session_terminated);
  if (wrong !== undefined) {
    throw new Error(`expected 4005, but a session ended with ${wrong.client.end?.code} ${wrong.client.end?.reason}`);
  }
}

/**
 * Tries the tokens of revoked sessions at each gateway.
 *
 * @throws Error when one is not refused for good
 */
export async function expectRevoked(cluster: Cluster, watched: readonly Watched[]): Promise<void> {
  const { length: gateways } = cluster.gateways;
  await inParallel(watched.length * gateways, async (index) => {
    const token = watched[Math.floor(index / gateways)]?.token;
    if (token === undefined) return;
    const reason = await lastingRefusal(cluster, index % gateways, token);
    if (reason !== "token_invalid") throw new Error(`a revoked token was refused as ${reason}`);
  });
}

/** How a gateway refuses a token. @throws Error when it opens a session */
export async function refusal(cluster: Cluster, number: number, token: Token): Promise<string> {
  try {
    const client = await cluster.open(number, token);
    client.abort();
  } catch (error) {
    if (error instanceof OpenError) return error.end.reason;
    throw error;
  }
  throw new Error(`gateway ${number + 1} opened a session`);
}

/** The same, asked again while the gateway has no answer of its store: not where `server_busy` is what is expected. */
export async function lastingRefusal(cluster: Cluster, number: number, token: Token): Promise<string> {
  return await until(
    async () => await refusal(cluster, number, token),
    (reason) => reason !== "server_busy",
    `another answer of gateway ${number + 1} than server_busy`,
  );
}
