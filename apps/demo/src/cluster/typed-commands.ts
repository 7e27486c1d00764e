import type { ClusterAction } from "../api-types.ts";
import { type Cluster, GATEWAYS } from "./cluster.ts";

/** The commands, for users at a terminal. */
export const COMMANDS = `  kill 1         SIGKILL to gateway-1 (or 2, 3): its consoles reconnect to another gateway
  stop 1         SIGTERM: it drains, and its consoles move within seconds
  start 1        starts it again
  freeze store   SIGSTOP to the store: no console opens, running ones go on to their deadlines
  thaw store     SIGCONT
  revoke all     revokes all tokens, which ends all sessions
  quit           stops everything, as Ctrl-C does`;

/** What is typed, and what it does to a gateway. */
const GATEWAY_COMMANDS: Readonly<Record<string, ClusterAction>> = { kill: "kill", stop: "drain", start: "start" };

/** What is printed once it is done. */
const DONE: Readonly<Record<ClusterAction, string>> = {
  kill: "is away.",
  drain: "is draining.",
  start: "is up.",
  freeze: "is frozen.",
  thaw: "goes on.",
};

/** Does what a line says, and returns what to print; undefined for `quit`. */
export async function runCommand(line: string, cluster: Cluster): Promise<string | undefined> {
  const [command = "", argument = "", ...rest] = line.trim().split(/\s+/);
  const act = async (part: string, action: ClusterAction): Promise<string> => {
    await cluster.act(part, action);
    return `${part} ${DONE[action]}`;
  };
  if (rest.length > 0) return unknown(line);
  const gateway = GATEWAYS.find((name) => name === argument || name === `gateway-${argument}`);
  const action = GATEWAY_COMMANDS[command];
  if (action !== undefined && gateway !== undefined) return await act(gateway, action);
  switch (`${command} ${argument}`.trim()) {
    case "":
      return "";
    case "freeze store":
      return await act("store", "freeze");
    case "thaw store":
      return await act("store", "thaw");
    case "revoke all":
      return `Tokens revoked: ${await cluster.revokeAll()}`;
    case "quit":
      return undefined;
    default:
      return unknown(line);
  }
}

function unknown(line: string): string {
  return `expected one of these, but got ${line.trim()}:\n${COMMANDS}`;
}
