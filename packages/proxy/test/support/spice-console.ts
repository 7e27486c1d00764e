import { type FakeSpiceOptions, type FakeSpiceServer, startFakeSpice } from "@curfew/testing";
import { TestGateway, type TestGatewayOptions } from "./gateway.ts";

/** A fake SPICE server behind a gateway, with a token for it. */
export interface SpiceConsole extends AsyncDisposable {
  readonly server: FakeSpiceServer;
  readonly gateway: TestGateway;
  readonly token: string;
  readonly tokenId: string;
}

export async function startSpiceConsole(
  options: TestGatewayOptions = {},
  serverOptions: FakeSpiceOptions = {},
): Promise<SpiceConsole> {
  const server = await startFakeSpice(serverOptions);
  const gateway = await TestGateway.start(options);
  const { token, record } = await gateway.token(server.address, { type: "spice" });
  return {
    server,
    gateway,
    token,
    tokenId: record.tokenId,
    [Symbol.asyncDispose]: async () => {
      await gateway[Symbol.asyncDispose]();
      await server.close();
    },
  };
}
