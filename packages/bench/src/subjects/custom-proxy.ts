import type { Subject } from "./subject.ts";
import { type PlainProxy, plainProxy } from "./plain-proxy.ts";

/**
 * Parses a proxy given on the command line as `NAME=COMMAND`. In the command, `{listen}` and `{target}` stand for
 * `host:port`, and `{listen_port}` and `{target_port}` for the ports.
 * @throws Error if it has another form
 */
export function customProxy(definition: string, framing: PlainProxy["framing"]): Subject {
  const [, name, command] = /^([\w.-]+)=(.+)$/.exec(definition) ?? [];
  if (name === undefined || command === undefined || !/\{listen(_port)?\}.*/.test(command)) {
    throw new Error(`expected 'NAME=COMMAND {listen} {target}', but got ${JSON.stringify(definition)}`);
  }
  return plainProxy({
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
