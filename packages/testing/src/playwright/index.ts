/** Playwright fixtures and helpers for testing a console page: fake consoles, a fake gateway, the page's clock. */
import { checkNodeVersion } from "../node-version.ts";

checkNodeVersion(process.versions.node);

export { expect } from "@playwright/test";
export { ConsoleClock } from "./clock.ts";
export type { ConsoleOption, ConsoleServers, RunningConsole } from "./console-option.ts";
export { type ConsoleFixtures, test } from "./fixtures.ts";
export { routeConsole, type RoutedGateway } from "./routed-gateway.ts";
