import { once } from "node:events";
import { type AddressInfo, createServer, type Socket } from "node:net";
import { answerParent } from "../../hostile/helper-process.ts";

/** The targets of all sessions. The first line of a session's input is its name, which joins its two ends. */
export interface ConsoleRequests {
  readonly listen: (host: string) => Promise<string>;
  readonly open: () => number;
  readonly ends: (names: readonly string[]) => (number | null)[];
  readonly ended: (names: readonly string[]) => Promise<number[]>;
}

/** When a target ended. */
interface Console {
  endedAt: number | undefined;
  readonly ended: Promise<number>;
}

/** What a console answers to each piece of input. */
const ANSWER = ".";

const sockets = new Set<Socket>();
const consoles = new Map<string, Console>();

const server = createServer({ noDelay: true }, (socket) => {
  const { promise, resolve } = Promise.withResolvers<number>();
  const console: Console = { endedAt: undefined, ended: promise };
  let line = "";
  const readName = (bytes: Buffer): void => {
    line += bytes.toString();
    if (!line.endsWith("\n")) return;
    consoles.set(line.slice(0, -1), console);
    socket.off("data", readName);
    socket.on("data", () => socket.write(ANSWER));
    socket.write(ANSWER);
  };
  const end = (): void => {
    console.endedAt ??= Date.now();
    resolve(console.endedAt);
  };
  sockets.add(socket);
  socket.on("data", readName).on("error", () => {});
  socket.once("end", end).once("close", () => {
    end();
    sockets.delete(socket);
  });
});

function find(name: string): Console {
  const found = consoles.get(name);
  if (found === undefined) throw new Error(`no target has heard of ${name}`);
  return found;
}

answerParent<ConsoleRequests>({
  listen: async (host) => {
    server.listen({ host, port: 0, backlog: 4096 });
    await once(server, "listening");
    return `${host}:${(server.address() as AddressInfo).port}`;
  },
  open: () => sockets.size,
  ends: (names) => names.map((name) => find(name).endedAt ?? null),
  ended: async (names) => await Promise.all(names.map(async (name) => await find(name).ended)),
});
