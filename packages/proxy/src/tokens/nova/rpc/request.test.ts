import { expect, test } from "vitest";
import { INSTANCE } from "../../../../test/tokens/nova/instance.ts";
import { consolePortRequest } from "./request.ts";

test("a request is what Nova's own console proxies send", () => {
  const target = { topic: "compute", version: "6.0" } as const;
  const content = consolePortRequest({ instance: INSTANCE, port: 5900, consoleType: "novnc" }, target, {
    messageId: "m1",
    replyQueue: "reply_1",
  });
  const envelope = JSON.parse(content.toString()) as Record<string, string>;
  expect(Object.keys(envelope)).toEqual(["oslo.version", "oslo.message"]);
  expect(envelope["oslo.version"]).toBe("2.0");
  expect(JSON.parse(envelope["oslo.message"] ?? "")).toEqual({
    method: "validate_console_port",
    version: "6.0",
    args: {
      instance: {
        "nova_object.name": "Instance",
        "nova_object.namespace": "nova",
        "nova_object.version": "2.7",
        "nova_object.data": {
          id: 7,
          uuid: INSTANCE.uuid,
          host: "compute1",
          node: "compute1.example.org",
          user_id: "u",
          project_id: "p",
          display_name: "web",
          hostname: "web",
        },
      },
      port: "5900",
      console_type: "novnc",
    },
    _msg_id: "m1",
    _reply_q: "reply_1",
    _timeout: null,
    _unique_id: expect.stringMatching(/^[0-9a-f]{32}$/) as string,
    _context_user_id: null,
    _context_project_id: null,
    _context_is_admin: true,
    _context_read_deleted: "no",
    _context_roles: [],
    _context_request_id: expect.stringMatching(/^req-[0-9a-f-]{36}$/) as string,
    _context_timestamp: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}$/) as string,
  });
});
