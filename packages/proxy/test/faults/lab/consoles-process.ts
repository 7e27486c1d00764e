import { once } from "node:events";
import { type AddressInfo, createServer } from "node:net";
import { answerParent } from "../../hostile/helper-process.ts";

/** The targets of all sessions. The first line of a session's input is its name, which joins its two ends. */
export interface ConsoleRequests {
  readonly listen: (host: string) => Promise<string>;
  readonly ended: (names: readonly string[]) => Promise<number[]>;
}

/** What a console answers to each piece of input. */
const ANSWER = ".";

/** When each target ends, by the name of its session. */
const ends = new Map<string, Promise<number>>();

const server = createServer({ noDelay: true }, (socket) => {
  const { promise, resolve } = Promise.withResolvers<number>();
  let line = "";
  const readName = (bytes: Buffer): void => {
    line += bytes.toString();
    if (!line.endsWith("\n")) return;
    ends.set(line.slice(0, -1), promise);
    socket.off("data", readName);
    socket.on("data", () => socket.write(ANSWER));
    socket.write(ANSWER);
  };
  const end = (): void => resolve(Date.now());
  socket.on("data", readName).on("error", () => {});
  socket.once("end", end).once("close", end);
});

async function endOf(name: string): Promise<number> {
  const end = ends.get(name);
  if (end === undefined) throw new Error(`no target has heard of ${name}`);
  return await end;
}

answerParent<ConsoleRequests>({
  listen: async (host) => {
    server.listen({ host, port: 0, backlog: 4096 });
    await once(server, "listening");
    return `${host}:${(server.address() as AddressInfo).port}`;
  },
  ended: async (names) => await Promise.all(names.map(endOf)),
});
