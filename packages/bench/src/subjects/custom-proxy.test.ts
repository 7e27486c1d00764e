import { expect, test } from "vitest";
import { customProxy } from "./custom-proxy.ts";

test("a proxy on the command line has a name and a command", () => {
  const { name, description } = customProxy("mine=/opt/mine --listen={listen} {target}", "raw");
  expect({ name, description }).toEqual({ name: "mine", description: "/opt/mine --listen={listen} {target}" });
});

test.each(["mine", "=relay {listen}", "mine=relay without a place to listen"])("%s is refused", (definition) => {
  expect(() => customProxy(definition, "raw")).toThrow(`but got ${JSON.stringify(definition)}`);
});
