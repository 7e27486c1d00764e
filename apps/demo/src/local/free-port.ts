import { once } from "node:events";
import { type AddressInfo, createServer } from "node:net";

/** A port that no other program can have until it is disposed of. */
interface ReservedPort extends AsyncDisposable {
  readonly port: number;
}

/** Reserves a port of 127.0.0.1: this one if it is free, or else any. */
export async function reservePort(preferred: number): Promise<ReservedPort> {
  const server = createServer();
  server.listen(preferred, "127.0.0.1");
  const isFree = await once(server, "listening").then(
    () => true,
    () => false,
  );
  if (!isFree) return await reservePort(0);
  const { port } = server.address() as AddressInfo;
  return {
    port,
    async [Symbol.asyncDispose]() {
      server.close();
      await once(server, "close");
    },
  };
}

/** A port of 127.0.0.1 that is free: this one, or else any. */
export async function choosePort(preferred: number): Promise<number> {
  await using reserved = await reservePort(preferred);
  return reserved.port;
}
