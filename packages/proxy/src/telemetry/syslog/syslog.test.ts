import { createSocket, type Socket } from "node:dgram";
import { subscribe, unsubscribe } from "node:diagnostics_channel";
import { once } from "node:events";
import { afterEach, beforeEach, describe, expect, onTestFinished, test, vi } from "vitest";
import type { SyslogFormat, SyslogMessage } from "./message.ts";
import { Syslog, type SyslogOptions } from "./syslog.ts";

function line(level: string, text: string): string {
  return `${JSON.stringify({ level, time: "2026-11-01T12:00:00.000Z", msg: text })}\n`;
}

describe("over UDP", () => {
  let server: Socket;
  beforeEach(async () => {
    server = createSocket("udp4").bind(0, "127.0.0.1");
    await once(server, "listening");
  });
  afterEach(() => void server.close());

  /** What the server gets for one line. */
  async function received(format: SyslogFormat, text: string, facility: SyslogOptions["facility"]): Promise<string> {
    const { port } = server.address();
    const syslog = new Syslog({ server: `127.0.0.1:${port}`, facility, format }, events());
    const message = once(server, "message") as Promise<[Buffer]>;
    syslog.write(text);
    return (await message)[0].toString();
  }

  test("a line is a message of RFC 5424 with its own time and severity", async () => {
    const text = await received("rfc5424", line("warn", "Jürgen"), "daemon");
    expect(text).toMatch(
      new RegExp(`^<28>1 2026-11-01T12:00:00\\.000Z [!-~]+ curfew ${process.pid} - - \\{.*"Jürgen"\\}$`),
    );
  });

  test("or one of RFC 3164, as websockify sends it", async () => {
    expect(await received("rfc3164", line("error", "x"), "local7")).toMatch(
      new RegExp(`^<187>curfew\\[${process.pid}\\]: \\{"level":"error".*\\}$`),
    );
  });

  test("a server that cannot be connected to costs no socket", async () => {
    const made: Socket[] = [];
    const onSocket = (message: unknown): void => void made.push((message as { readonly socket: Socket }).socket);
    subscribe("udp.socket", onSocket);
    onTestFinished(() => void unsubscribe("udp.socket", onSocket));
    const told = events();
    // No datagram may be sent to all machines, unless a program asks for that.
    const syslog = new Syslog({ server: "255.255.255.255:514", facility: "user", format: "rfc5424" }, told);
    syslog.write(line("info", "x"));
    await expect.poll(() => told.told).toEqual(["dropped", expect.stringContaining("EACCES")]);
    expect(made).toHaveLength(1);
    expect(() => made[0]?.address()).toThrow("Not running");
  });

  test("a long line is cut", async () => {
    expect(Buffer.byteLength(await received("rfc5424", line("info", "x".repeat(20_000)), "user"))).toBe(8192);
  });
});

/** What a syslog tells. */
function events(): {
  told: unknown[];
  failed: (error: Error) => void;
  resumed: (lost: number) => void;
  dropped: () => void;
} {
  const told: unknown[] = [];
  return {
    told,
    failed: ({ message }) => told.push(message),
    resumed: (lost) => told.push(lost),
    dropped: () => told.push("dropped"),
  };
}

describe("a server that does not take messages", () => {
  const OPTIONS: SyslogOptions = { server: "/dev/log", facility: "user", format: "rfc5424" };
  beforeEach(() => void vi.useFakeTimers({ toFake: ["performance"] }));
  afterEach(() => void vi.useRealTimers());

  /** Lets what was begun go on. */
  async function settle(): Promise<void> {
    for (let count = 0; count < 20; count += 1) await Promise.resolve();
  }

  test("is told of once, costs what is written soon after, and is tried again", async () => {
    const sent: string[] = [];
    let works = false;
    const { told, ...on } = events();
    const syslog = new Syslog(OPTIONS, on, {
      send: async ({ text }: SyslogMessage) => {
        if (!works) throw new Error("away");
        sent.push(text);
      },
    });
    for (const text of ["a", "b"]) syslog.write(`${text}\n`);
    await settle();
    expect(told).toEqual(["dropped", "dropped", "away"]);
    works = true;
    syslog.write("c\n");
    vi.advanceTimersByTime(5000);
    syslog.write("d\n");
    await settle();
    expect(sent).toEqual(["d"]);
    expect(told.slice(3)).toEqual(["dropped", 3]);
  });

  test("holds a limited number of lines in memory", async () => {
    const { told, ...on } = events();
    const first = Promise.withResolvers<void>();
    const sent: string[] = [];
    const syslog = new Syslog(OPTIONS, on, {
      send: async ({ text }: SyslogMessage) => {
        await first.promise;
        sent.push(text);
      },
    });
    for (let count = 0; count < 5; count += 1) syslog.write("x".repeat(300_000));
    // Three are within the limit.
    await settle();
    expect(told).toEqual(["dropped", "dropped"]);
    first.resolve();
    await vi.waitFor(() => expect(sent).toHaveLength(3));
  });
});
