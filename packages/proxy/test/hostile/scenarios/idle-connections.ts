import { type AttackContext, connectAll, scenario } from "../scenario.ts";

/** At full scale 60 clients have 2,400 connections, more than twice as many as there are descriptors. */
const CONNECTIONS_EACH = 40;

/** More than a quarter of the descriptors for each of 8 clients. */
const SHORT_CONNECTIONS_EACH = 300;

async function connectManyTimes(context: AttackContext): Promise<() => void> {
  const clients = context.clients * (context.isFull ? CONNECTIONS_EACH : SHORT_CONNECTIONS_EACH);
  return () => void connectAll({ ...context, clients });
}

export const idleConnections = scenario({
  name: "idle-connections",
  title: "without a token: connections that say nothing, more than there are descriptors",
  descriptors: 1024,
  attack: connectManyTimes,
});

export const idleConnectionsToWorkers = scenario({
  name: "idle-connections-to-workers",
  title: "the same, to two workers",
  descriptors: 1024,
  options: { WORKERS: "2" },
  attack: connectManyTimes,
});
