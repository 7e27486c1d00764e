import { freePort } from "@curfew/testing/real";
import { once } from "node:events";
import { type AddressInfo, createServer, type Server, type Socket } from "node:net";
import { afterEach, beforeEach, expect, test } from "vitest";
import { createLogger } from "../log.ts";
import { Audit } from "./audit.ts";
import { AuditSyslog, syslogServer } from "./syslog.ts";
import { AuditWriter } from "./writer.ts";

let server: Server;
let port: number;
let received: string;
let sockets: Socket[];
beforeEach(async () => {
  [received, sockets] = ["", []];
  server = createServer((socket) => {
    sockets.push(socket.setEncoding("utf8").on("data", (text: string) => (received += text)));
    socket.on("error", () => {});
  });
  // One that no connection takes while nothing listens there.
  port = await freePort();
  server.listen(port, "127.0.0.1");
  await once(server, "listening");
});
afterEach(async () => {
  for (const socket of sockets) socket.destroy();
  if (server.listening) await once(server.close(), "close");
});

/** The messages, by the lengths in front of them. */
function messages(): readonly string[] {
  const found: string[] = [];
  for (let rest = Buffer.from(received); rest.length > 0;) {
    const [prefix = "", length] = /^(\d+) /.exec(rest.toString()) ?? [];
    const end = prefix.length + Number(length);
    found.push(rest.toString("utf8", prefix.length, end));
    rest = rest.subarray(end);
  }
  return found;
}

const said: string[] = [];

function open(): AuditWriter {
  said.length = 0;
  return new AuditWriter({
    target: new AuditSyslog({ host: "127.0.0.1", port }),
    onFailure: ({ message }) => void said.push(message),
    onResumed: (lost) => void said.push(`resumed after ${lost}`),
    resumed: (lost) => JSON.stringify({ lost }),
    retryMs: 1,
  });
}

test("each line is a message of RFC 5424 with its own time, in order", async () => {
  const writer = open();
  writer.append(JSON.stringify({ time: "2026-11-01T12:00:00.000Z", user: "J\u00fcrgen" }));
  writer.append(JSON.stringify({ time: "2026-11-01T12:00:01.000Z" }));
  await writer.close();
  await expect.poll(() => sockets[0]?.readableEnded).toBe(true);
  const [first = "", second = "", ...more] = messages();
  expect(more).toEqual([]);
  const header = /^<110>1 (\S+) [!-~]+ curfew (\d+) audit - (.*)$/;
  const [, time, pid, line = ""] = header.exec(first) ?? [];
  expect([time, pid]).toEqual(["2026-11-01T12:00:00.000Z", String(process.pid)]);
  expect(JSON.parse(line)).toEqual({ seq: 1, time, user: "J\u00fcrgen" });
  expect(second).toMatch(header);
});

test("a server that closes the connection, or is away, gets the lines that follow when it is back", async () => {
  const writer = open();
  writer.append(JSON.stringify({ name: "first" }));
  await expect.poll(() => received).toContain("first");
  const closed = once(server.close(), "close");
  sockets[0]?.destroy();
  await closed;
  // Until it has noticed, what it sends is lost.
  await expect
    .poll(() => {
      writer.append(JSON.stringify({ name: "meanwhile" }));
      return said.length;
    })
    .toBe(1);
  writer.append(JSON.stringify({ name: "kept" }));
  server.listen(port, "127.0.0.1");
  await expect.poll(() => received).toContain("kept");
  await expect.poll(() => said[1]).toBe("resumed after 0");
  await writer.close();
});

test("a server that is away does not keep the gateway from starting", async () => {
  await once(server.close(), "close");
  const audit = new Audit(
    { path: `syslog://127.0.0.1:${port}`, required: false },
    { listen: "127.0.0.1:6080", id: undefined },
    createLogger("silent"),
  );
  await audit.open();
  expect(audit.problem).toMatch(/^the audit trail cannot be written: .*ECONNREFUSED/);
  await audit.close(true);
});

test("an address is told from the name of a file", () => {
  expect(syslogServer("syslog://[::1]:601")).toEqual({ host: "::1", port: 601 });
  expect(["-", "syslog", "/var/log/syslog"].map(syslogServer)).toEqual([undefined, undefined, undefined]);
  expect(() => syslogServer("syslog://host")).toThrow("expected syslog://host:port");
});

test("a server that takes nothing more is given up, and connected to again", async () => {
  const stalled = createServer({ pauseOnConnect: true }, (socket) => sockets.push(socket)).listen(0, "127.0.0.1");
  await once(stalled, "listening");
  const { port: stalledPort } = stalled.address() as AddressInfo;
  const target = new AuditSyslog({ host: "127.0.0.1", port: stalledPort }, 100);
  const batch = Buffer.from(`{"seq":1,"time":"x","detail":"${"x".repeat(60_000)}"}\n`);
  const fill = async (): Promise<void> => {
    for (;;) {
      await target.prepare();
      await target.write(batch, 0);
    }
  };
  await expect(fill()).rejects.toThrow("the syslog server took nothing for 100 ms");
  await target.prepare();
  await expect.poll(() => sockets.length).toBe(2);
  await target.close();
  for (const socket of sockets) socket.destroy();
  await once(stalled.close(), "close");
});
