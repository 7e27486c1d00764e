import { expect, test } from "vitest";
import { consoleUrl } from "./console-url.ts";

test("the token is in the fragment, and the page is told what can only be looked at", () => {
  const url = (grant: Parameters<typeof consoleUrl>[2]): string => consoleUrl("https://vm.example/c/", "a+b", grant);
  expect(url({ type: "vnc", name: "web 1", access: "control" })).toBe(
    "https://vm.example/c/console/?type=vnc&name=web+1#token=a%2Bb",
  );
  expect(url({ type: "serial", name: undefined, access: "view" })).toBe(
    "https://vm.example/c/console/?type=serial&view_only=1#token=a%2Bb",
  );
});
