import { Server } from "node:http";
import type { ListenOptions } from "node:net";
import { expect, test } from "vitest";
import { claimAddress, listenAt, reservePort, stopListening } from "./listen.ts";

const address = { host: "127.0.0.1", port: 0 };

/** A server on a system without SO_REUSEPORT. */
class WithoutReusePort extends Server {
  override listen(...args: readonly unknown[]): this {
    const [options, listener] = args as [ListenOptions, () => void];
    if (options.reusePort !== true) return super.listen(options, listener);
    setImmediate(() => this.emit("error", Object.assign(new Error("not supported"), { code: "ENOTSUP" })));
    return this;
  }
}

test("where the system has no SO_REUSEPORT, a shared port is listened at without it", async () => {
  const server = new WithoutReusePort();
  expect(await listenAt(server, address, "listen", { sharesPort: true })).toMatch(/^127\.0\.0\.1:\d+$/);
  await stopListening(server);
});

test("a port that only root may listen at says so", async () => {
  const server = new Server();
  server.listen = () => {
    setImmediate(() => server.emit("error", Object.assign(new Error("denied"), { code: "EACCES" })));
    return server;
  };
  const listened = async (port: number): Promise<string> => await listenAt(server, { ...address, port }, "listen");
  await expect(listened(443)).rejects.toThrow("at 127.0.0.1:443: EACCES; a port below 1024 needs CAP_NET_BIND_SERVICE");
  await expect(listened(1024)).rejects.toThrow(/EACCES$/);
});

test.runIf(process.platform === "linux")(
  "a claimed address can be shared, but not claimed again meanwhile",
  async () => {
    const { address: claimed, release } = await claimAddress(address, "listen");
    expect(claimed.port).toBeGreaterThan(0);
    release();
    const servers = [new Server(), new Server()];
    for (const server of servers) await listenAt(server, claimed, "listen", { sharesPort: true });
    await expect(claimAddress(claimed, "listen")).rejects.toThrow(`listen: cannot listen at 127.0.0.1:${claimed.port}`);
    for (const server of servers) await stopListening(server);
  },
);

test.runIf(process.platform === "linux")(
  "a reserved port is for those that share it, before and after one does",
  async () => {
    const { address: claimed, release } = await claimAddress(address, "listen");
    release();
    const unreserve = await reservePort(claimed);
    const server = new Server();
    await expect(claimAddress(claimed, "listen")).rejects.toThrow("EADDRINUSE");
    await listenAt(server, claimed, "listen", { sharesPort: true });
    unreserve();
    await expect(claimAddress(claimed, "listen")).rejects.toThrow("EADDRINUSE");
    await stopListening(server);
    const again = await claimAddress(claimed, "listen");
    again.release();
  },
);

test("a claimed address is of no other use until it is released, and then at once", async () => {
  const { address: claimed, release } = await claimAddress(address, "listen");
  const server = new Server();
  await expect(listenAt(server, claimed, "listen")).rejects.toThrow("EADDRINUSE");
  release();
  expect(await listenAt(server, claimed, "listen")).toBe(`127.0.0.1:${claimed.port}`);
  release();
  await stopListening(server);
});
