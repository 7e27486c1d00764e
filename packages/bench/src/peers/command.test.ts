import { expect, test } from "vitest";
import { commandPeer } from "./command.ts";

test("a proxy of the command line has a name and a command", () => {
  const { name, description } = commandPeer("mine=/opt/mine --listen={listen} {target}", "raw");
  expect({ name, description }).toEqual({ name: "mine", description: "/opt/mine --listen={listen} {target}" });
});

test.each(["mine", "=relay {listen}", "mine=relay without a place to listen"])("%s is refused", (definition) => {
  expect(() => commandPeer(definition, "raw")).toThrow(`but got ${JSON.stringify(definition)}`);
});
