import {
  type PlaywrightTestArgs,
  type PlaywrightTestOptions,
  type PlaywrightWorkerArgs,
  type PlaywrightWorkerOptions,
  test as base,
  type TestType,
} from "@playwright/test";
import type { ByteServer } from "../bytes/server.ts";
import type { FakeGatewayOptions } from "../gateway/script.ts";
import { type FakeGatewayServer, startFakeGateway } from "../gateway/server.ts";
import type { VncPlayer } from "../recording/player.ts";
import type { FakeSerialServer } from "../serial/server.ts";
import type { FakeVncServer } from "../vnc/server.ts";
import { ConsoleClock } from "./clock.ts";
import { type ConsoleOption, type RunningConsole, serverOf, startConsole } from "./console-option.ts";
import { routeConsole, type RoutedGateway } from "./routed-gateway.ts";

/** What `test` gives to each test, started when the test asks for it and closed after the test. */
export interface ConsoleFixtures {
  /** Option: the console of each test, for `test.use`. @defaultValue `{ type: "vnc" }` */
  console: ConsoleOption;
  /** The console's server, whatever its type. */
  target: RunningConsole["server"];
  /** The console's server, where `console.type` is `"vnc"`. */
  vnc: FakeVncServer;
  /** The console's server, where `console.type` is `"serial"`. */
  serial: FakeSerialServer;
  /** The console's server, where `console.type` is `"bytes"`. */
  bytes: ByteServer;
  /** The console's server, where `console.type` is `"recording"`. */
  recording: VncPlayer;
  /** {@link routeConsole} for the test's page and its popups, with the test's console as the target. */
  routeConsole: (url: string | RegExp, options?: FakeGatewayOptions) => Promise<RoutedGateway>;
  /** A fake gateway on real WebSockets in front of the test's console; `gateway.url` is its address. */
  gateway: FakeGatewayServer;
  /** The page's clock, taken before the page is opened. */
  clock: ConsoleClock;
}

interface InternalFixtures {
  runningConsole: RunningConsole;
}

/** Playwright's `test` with {@link ConsoleFixtures}; combine it with a `test` of your own by `mergeTests`. */
export const test: TestType<
  PlaywrightTestArgs & PlaywrightTestOptions & ConsoleFixtures,
  PlaywrightWorkerArgs & PlaywrightWorkerOptions
> = base.extend<ConsoleFixtures & InternalFixtures>({
  console: [{ type: "vnc" }, { option: true }],
  runningConsole: async ({ console }, use) => {
    const running = await startConsole(console);
    await use(running);
    await running.server.close();
  },
  target: async ({ runningConsole }, use) => use(runningConsole.server),
  vnc: async ({ runningConsole }, use) => use(serverOf(runningConsole, "vnc")),
  serial: async ({ runningConsole }, use) => use(serverOf(runningConsole, "serial")),
  bytes: async ({ runningConsole }, use) => use(serverOf(runningConsole, "bytes")),
  recording: async ({ runningConsole }, use) => use(serverOf(runningConsole, "recording")),
  routeConsole: async ({ context, target }, use) => {
    const gateways: RoutedGateway[] = [];
    await use(async (url, options = {}) => {
      const gateway = await routeConsole(context, url, { target, ...options });
      gateways.push(gateway);
      return gateway;
    });
    await Promise.all(gateways.map((gateway) => gateway.close()));
  },
  gateway: async ({ target }, use) => {
    await using gateway = await startFakeGateway({ target });
    await use(gateway);
  },
  clock: async ({ page }, use) => use(await ConsoleClock.install(page)),
});
