import { once } from "node:events";
import type { Socket } from "node:net";
import { setTimeout as delay } from "node:timers/promises";
import type { Connections } from "./attacker/connections.ts";
import type { TargetMode } from "./attacker/target.ts";

/** What an attack works with. It runs in a process of its own. */
export interface AttackContext {
  readonly connections: Connections;
  /** How many clients attack. */
  readonly clients: number;
  /** A token for each client; an attack without any is made with an empty list. */
  readonly tokens: readonly string[];
  /** Whether it runs at full scale, and not shortly in the unit tests. */
  readonly isFull: boolean;
}

/**
 * Prepares an attack: connects, opens sessions. The victim is not measured yet.
 *
 * @returns begins the attack, which goes on until its process is ended.
 */
export type Attack = (context: AttackContext) => Promise<() => void>;

/** An attack, and under which conditions the gateway must hold. */
export interface Scenario {
  /** For the command line, and the name of its file. */
  readonly name: string;
  /** What the attacker does, for the table. */
  readonly title: string;
  readonly attack: Attack;
  /** Whether each client gets a token, and with what behind it. By default the attack needs no token. */
  readonly target?: TargetMode;
  /** Limit of the gateway's open files. By default that of the machine. */
  readonly descriptors?: number;
  /** Further options of the gateway by environment variable, less `CURFEW_`. */
  readonly options?: Readonly<Record<string, string>>;
  /**
   * Whether the attacker's tokens expire with the end of the attack, and its connections stay: the gateway has to get rid
   * of them. By default they end with the attack.
   */
  readonly stays?: boolean;
  /** Whether the gateway gets SIGTERM when the attack begins, and has to end in time. */
  readonly drains?: boolean;
  /** Whether another process locks the gateway's token store during the attack, while tokens are being issued. */
  readonly locksStore?: boolean;
}

/** Whether the conditions of a scenario are those of no other, so that it needs a gateway of its own. */
export function needsOwnGateway({ drains, options, descriptors }: Scenario): boolean {
  return drains === true || options !== undefined || descriptors !== undefined;
}

/** Declares a scenario. */
export function scenario(declared: Scenario): Scenario {
  return declared;
}

/** Pause before a client connects again, in milliseconds. */
const RECONNECT_MS = 100;

/** Does something in a session of each client, and again in a new one whenever the gateway has closed it. */
export async function attackInSessions(
  context: AttackContext,
  act: (socket: Socket, client: number) => void,
): Promise<() => void> {
  const { connections, tokens } = context;
  return await overAndOver(tokens.length, (client) => connections.upgrade(client, tokens[client] ?? ""), act);
}

/** Does something on a connection of each client, and again on a new one whenever the gateway has closed it. */
export async function attackOnConnections(
  { connections, clients }: AttackContext,
  act: (socket: Socket, client: number) => void,
): Promise<() => void> {
  return await overAndOver(clients, (client) => connections.connect(client), act);
}

async function overAndOver(
  clients: number,
  connect: (client: number) => Promise<Socket | undefined>,
  act: (socket: Socket, client: number) => void,
): Promise<() => void> {
  const first = await Promise.all(Array.from({ length: clients }, (_, client) => connect(client)));
  const attack = async (client: number): Promise<void> => {
    for (let socket = first[client]; ; socket = await connect(client)) {
      if (socket?.destroyed === false) {
        const closed = once(socket, "close");
        socket.once("end", () => socket?.destroy());
        act(socket, client);
        await closed.catch(() => {});
      }
      await delay(RECONNECT_MS);
    }
  };
  return () => first.forEach((_, client) => void attack(client));
}

/** The sessions that could be opened, once each. */
export async function openSessions({ connections, tokens }: AttackContext): Promise<readonly Socket[]> {
  const sockets = await Promise.all(tokens.map((token, index) => connections.upgrade(index, token)));
  return sockets.filter((socket) => socket !== undefined);
}

/** The connections that could be opened, one for each client. */
export async function connectAll({ connections, clients }: AttackContext): Promise<readonly Socket[]> {
  const numbers = Array.from({ length: clients }, (_, index) => index);
  const sockets = await Promise.all(numbers.map((number) => connections.connect(number)));
  return sockets.filter((socket) => socket !== undefined);
}
