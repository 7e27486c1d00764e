import { once } from "node:events";
import { connect, type Socket } from "node:net";
import { upgradeRequest } from "../../support/raw-client.ts";

/** How many of the attacker's connections come from one address: several people's, and not one's. */
const CONNECTIONS_PER_ADDRESS = 10;

/** How long a connection may take to be answered, in milliseconds. */
const ANSWER_MS = 5000;

/** How the attacker connects. */
export class Connections {
  readonly #host: string;
  readonly #port: number;
  /** Connections that are open. */
  open = 0;
  /** Connections that the gateway refused or closed. */
  refused = 0;

  constructor(host: string) {
    const { hostname, port } = new URL(`http://${host}`);
    this.#host = hostname;
    this.#port = Number(port);
  }

  /**
   * Connects, from an address of 127.0.0.0/8 that the number decides.
   *
   * @returns the socket, paused; undefined if it was refused.
   */
  async connect(number: number): Promise<Socket | undefined> {
    const localAddress = `127.0.1.${1 + (Math.floor(number / CONNECTIONS_PER_ADDRESS) % 250)}`;
    const socket = connect({ host: this.#host, port: this.#port, localAddress, allowHalfOpen: true, noDelay: true });
    socket.on("error", ignore).once("close", () => {
      this.open -= 1;
      this.refused += 1;
    });
    this.open += 1;
    await Promise.race([once(socket, "connect"), once(socket, "close")]).catch(ignore);
    return socket.destroyed ? undefined : socket;
  }

  /**
   * Opens a session, and reads nothing behind the answer.
   *
   * @returns the socket, paused; undefined if it was refused.
   */
  async upgrade(number: number, token: string, protocols = "binary, curfew.v1"): Promise<Socket | undefined> {
    const socket = await this.connect(number);
    if (socket === undefined) return undefined;
    socket.write(upgradeRequest(`/?token=${token}`, { "Sec-WebSocket-Protocol": protocols }));
    const answered = once(socket, "readable", { signal: AbortSignal.timeout(ANSWER_MS) }).then(() => true);
    const closed = once(socket, "close").then(() => false);
    return (await Promise.race([answered, closed]).catch(() => false)) ? socket : undefined;
  }
}

function ignore(): void {}
