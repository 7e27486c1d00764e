import type { Peer } from "./peer.ts";
import { type PlainPeer, plainPeer } from "./plain.ts";

/**
 * A proxy from the command line: `NAME=COMMAND`, in which `{listen}` and `{target}` stand for `host:port`, and
 * `{listen_port}` and `{target_port}` for the ports alone.
 * @throws Error when it is written in another way
 */
export function commandPeer(definition: string, framing: PlainPeer["framing"]): Peer {
  const [, name, command] = /^([\w.-]+)=(.+)$/.exec(definition) ?? [];
  if (name === undefined || command === undefined || !/\{listen(_port)?\}.*/.test(command)) {
    throw new Error(`expected 'NAME=COMMAND {listen} {target}', but got ${JSON.stringify(definition)}`);
  }
  return plainPeer({
    name,
    description: command,
    framing,
    command: async (listenPort, targetPort) =>
      command
        .replaceAll("{listen}", `127.0.0.1:${listenPort}`)
        .replaceAll("{target}", `127.0.0.1:${targetPort}`)
        .replaceAll("{listen_port}", String(listenPort))
        .replaceAll("{target_port}", String(targetPort))
        .split(/\s+/)
        .filter(Boolean),
  });
}
