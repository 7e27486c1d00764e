import { connect } from "node:net";
import { TestGateway } from "../../support/gateway.ts";
import { upgradeRequest } from "../../support/raw-client.ts";
import { type FuzzTarget, pieces } from "../target.ts";

/** An answer that the gateway may give: HTTP with a status, or none. */
const ANSWER = /^(?:HTTP\/1\.1 \d{3} [ -~]*\r\n|$)/;

/** Bytes on the public port: an answer of HTTP or none, and the gateway holds nothing afterwards. */
export const httpUpgrade: FuzzTarget = {
  name: "http-upgrade",
  seeds: [
    upgradeRequest("/?token=unknown"),
    upgradeRequest("/", { "Sec-WebSocket-Protocol": "binary, curfew.v1, curfew.token.c2VjcmV0" }),
    upgradeRequest("/", { Cookie: 'token="secret"; other=1', Origin: "https://gateway.example" }),
    upgradeRequest("/", { Authorization: "Bearer secret", Upgrade: "h2c" }),
    'GET / HTTP/1.1\r\nHost: gateway.example\r\nIf-None-Match: W/"x", *\r\nAccept-Encoding: br;q=0.5, gzip\r\n\r\n',
    "HEAD http://gateway.example/assets/x HTTP/1.1\r\nHost: gateway.example\r\nRange: bytes=0-\r\n\r\n",
    "POST / HTTP/1.1\r\nHost: gateway.example\r\nTransfer-Encoding: chunked\r\n\r\n1\r\nx\r\n0\r\n\r\n",
  ],
  start: async () => {
    const gateway = await TestGateway.start({ config: { log: { level: "silent" } } });
    return {
      run: async (input, cuts) => {
        const answer = await exchange(gateway.host, pieces(input, cuts));
        if (!ANSWER.test(answer)) throw new Error(`expected an answer of HTTP, but got ${JSON.stringify(answer)}`);
        await gateway.proxy.sessions.idle();
        const { sessions, deadlines } = gateway.held();
        if (sessions + deadlines > 0) throw new Error("the gateway still holds a session");
        return answer.split("\r\n", 1)[0] ?? "";
      },
      async [Symbol.asyncDispose]() {
        await gateway[Symbol.asyncDispose]();
      },
    };
  },
};

/** Sends the pieces, then FIN. @returns what came until the gateway closed the connection */
async function exchange(host: string, parts: readonly Buffer[]): Promise<string> {
  const { hostname, port } = new URL(`http://${host}`);
  const socket = connect({ host: hostname, port: Number(port), noDelay: true });
  const { promise, resolve } = Promise.withResolvers<string>();
  let answer = "";
  socket.on("data", (bytes) => (answer += bytes.toString("latin1")));
  socket.on("error", () => {}).on("close", () => resolve(answer));
  for (const part of parts) {
    socket.write(part);
    if (parts.length > 1) await new Promise((done) => setImmediate(done));
  }
  socket.end();
  return await promise;
}
