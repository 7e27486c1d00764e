import type { NovaInstance } from "../../../src/tokens/nova/rpc/request.ts";

/** An instance as the tests of `validate_console_port` have it. */
export const INSTANCE: NovaInstance = {
  id: 7,
  uuid: "6f70656e-7374-4163-8b00-000000000007",
  host: "compute1",
  node: "compute1.example.org",
  userId: "u",
  projectId: "p",
  displayName: "web",
  hostname: "web",
};
