import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { expect, test } from "vitest";
import { Client } from "../support/client.ts";
import { TestGateway } from "../support/gateway.ts";
import { WorkerGateway } from "../support/worker-gateway.ts";

const OPEN = { targets: { allow: ["0.0.0.0/0", "::/0"] } };

test.each(["127.0.0.1", "0.0.0.0", "[::ffff:127.0.0.1]", "localhost"])(
  "no session reaches the gateway's own listeners through %s",
  async (host) => {
    await using gateway = await TestGateway.start({ config: OPEN });
    const server = createServer();
    gateway.proxy.attach(server);
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    const ports = [gateway.url, gateway.adminUrl].map((url) => new URL(url).port);
    for (const port of [...ports, String((server.address() as AddressInfo).port)]) {
      using client = new Client(gateway.host, (await gateway.token(`${host}:${port}`)).token);
      // A name may have an address at which the gateway does not listen, such as ::1.
      expect((await client.closed).reason).toMatch(
        host === "localhost" ? /^(?:forbidden|target_unreachable)$/ : /^forbidden$/,
      );
    }
    server.close();
  },
);

test("nor those of the other processes, with several workers", async () => {
  await using gateway = await WorkerGateway.start({ TARGETS_ALLOW: "[127.0.0.0/8]" });
  for (const url of [`http://${gateway.host}`, gateway.adminUrl]) {
    const { host } = new URL(url);
    const response = await gateway.admin("POST", "/v1/tokens", { type: "serial", target: host });
    expect(response["detail"]).toBe(`target: expected an address in targets.allow, but got "${host}"`);
    using client = await gateway.connect(host.replace("127.0.0.1", "localhost"));
    expect((await client.closed).reason).toMatch(/^(?:forbidden|target_unreachable)$/);
  }
});

test("a token is not issued for an address that may not be dialed", async () => {
  await using gateway = await TestGateway.start({ config: { targets: { allow: ["10.0.0.0/8:5900"] } } });
  for (const target of ["10.0.0.1:5901", "127.0.0.1:5900", "[::1]:5900"]) {
    const response = await gateway.admin("POST", "/v1/tokens", { type: "vnc", target });
    expect([response.status, await response.json()]).toMatchObject([
      422,
      { detail: `target: expected an address in targets.allow, but got "${target}"` },
    ]);
  }
  for (const target of ["10.0.0.1:5900", "[::ffff:10.0.0.1]:5900", "vm-1.example:5900"]) {
    expect((await gateway.admin("POST", "/v1/tokens", { type: "vnc", target })).status).toBe(201);
  }
});

test("what a client is told names neither the target nor the policy; the log does", async () => {
  await using gateway = await TestGateway.start({
    config: { targets: { allow: ["127.0.0.0/8"], connect_timeout: 5 } },
  });
  const targets = {
    forbidden: "10.9.8.7:5901",
    target_unreachable: "127.0.0.1:1",
    target_not_found: "no-such-hypervisor.invalid:5901",
  };
  for (const [reason, target] of Object.entries(targets)) {
    using client = new Client(gateway.host, (await gateway.token(target)).token);
    const bye = await client.message("bye");
    expect(bye.reason).toBe(reason);
    const [host = "", port = ""] = target.split(":");
    for (const secret of [host, port, "targets.allow"]) {
      expect(JSON.stringify(bye)).not.toContain(secret === "1" ? ":1" : secret);
    }
    const line = gateway.logged("session ended").at(-1);
    expect(line).toMatchObject({ reason, target, cause: expect.stringContaining(target) as string });
  }
});
