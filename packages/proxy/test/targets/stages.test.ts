import { once } from "node:events";
import type { Socket } from "node:net";
import { connect as connectTls, createSecureContext, TLSSocket } from "node:tls";
import { describe, expect, onTestFinished, test, vi } from "vitest";
import { EndError } from "../../src/end-reason.ts";
import { AllowList } from "../../src/net/allow-list.ts";
import { dial } from "../../src/targets/dial.ts";
import type { Stage } from "../../src/targets/stage.ts";
import type { Target } from "../../src/targets/target.ts";
import { startTls } from "../../src/targets/tls.ts";
import { TestCertificate } from "../support/certificate.ts";
import { type EndpointServer, listenAtEndpoint, trusting } from "../support/endpoint-server.ts";
import { KeepingReader } from "../support/keeping-reader.ts";

const TYPES = ["tcp", "tls", "unix"] as const;

function dialServer(server: EndpointServer, reader: KeepingReader, stages: readonly Stage[], timeoutMs = 5000): Target {
  return dial(
    server.endpoint,
    { allow: new AllowList([server.allow]), timeoutMs, tls: trusting(server.ca) },
    reader,
    stages,
  );
}

/** Expects a line from the target and answers it. */
function expectLine(line: string, answer: string): Stage {
  return async (target) => {
    const said = await target.read(line.length);
    if (said.toString() !== line) throw new EndError("target_unreachable", `the target said ${said.toString()}`);
    target.write(answer);
  };
}

/** Sends a text in pieces, each in a turn of its own. */
async function sendSplit(socket: Socket, text: string, bytes: number): Promise<void> {
  socket.setNoDelay(true);
  for (let at = 0; at < text.length; at += bytes) {
    socket.write(text.slice(at, at + bytes));
    await new Promise((resolve) => setImmediate(resolve));
  }
}

describe.each(TYPES)("stages of a target over %s", (type) => {
  test.each([
    [1, "single bytes"],
    [7, "pieces of 7 bytes"],
    [10_000, "one piece"],
  ])(
    "run in order, and the relay gets what comes behind them, if the target sends %i bytes at a time",
    async (bytes) => {
      const answers: Buffer[] = [];
      await using server = await listenAtEndpoint(type, (socket) => {
        socket.on("data", (chunk) => answers.push(chunk));
        void sendSplit(socket, "first\nsecond\nconsole bytes", bytes);
      });
      const reader = new KeepingReader();
      const target = dialServer(server, reader, [expectLine("first\n", "one\n"), expectLine("second\n", "two\n")]);
      expect(target.takesEarlyBytes).toBe(false);
      await target.ready;
      expect(reader.text).toBe("");
      target.start(reader);
      await reader.until((text) => text.length === "console bytes".length);
      expect(reader.text).toBe("console bytes");
      target.connection.write("three\n");
      await expect.poll(() => Buffer.concat(answers).toString()).toBe("one\ntwo\nthree\n");
      target.destroy();
    },
  );

  test("leave the fast path as it is", async () => {
    await using server = await listenAtEndpoint(type, (socket) => {
      socket.write("first\nrest");
      socket.on("data", () => socket.write("x".repeat(1000)));
    });
    const reader = new KeepingReader();
    const target = dialServer(server, reader, [expectLine("first\n", "")]);
    await target.ready;
    target.start(reader);
    await reader.until((text) => text === "rest");
    for (let turn = 1; turn <= 3; turn += 1) {
      target.connection.write("more");
      await reader.until((text) => text.length === 4 + 1000 * turn);
    }
    expect(reader.ways.has("memory")).toBe(type !== "tls");
    target.destroy();
  });

  test("end with the connection if the target ends in the middle of one", async () => {
    await using server = await listenAtEndpoint(type, (socket) => socket.end("fir"));
    const target = dialServer(server, new KeepingReader(), [expectLine("first\n", "")]);
    await expect(target.ready).rejects.toMatchObject({
      reason: "target_unreachable",
      message: "the target closed the connection in its handshake",
    });
    await expect.poll(() => target.isClosed).toBe(true);
  });

  test("have the time of the connection altogether", async () => {
    vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] });
    onTestFinished(() => void vi.useRealTimers());
    await using server = await listenAtEndpoint(type, (socket) => socket.write("fir"));
    const begun = Promise.withResolvers<void>();
    const begin: Stage = async (stage) => {
      expect((await stage.read(3)).toString()).toBe("fir");
      begun.resolve();
    };
    const target = dialServer(server, new KeepingReader(), [begin, expectLine("st\n", "")], 300);
    await begun.promise;
    vi.advanceTimersByTime(300);
    await expect(target.ready).rejects.toMatchObject({
      reason: "target_timeout",
      message: expect.stringContaining("did not complete its handshake within 300 ms"),
    });
    await expect.poll(() => target.isClosed).toBe(true);
  });

  test("read no more than 64 KiB, however much the target sends", async () => {
    let sent = 0;
    await using server = await listenAtEndpoint(type, (socket) => {
      const send = (): void => {
        while (socket.write("x".repeat(64 * 1024), () => (sent += 64 * 1024)));
      };
      socket.on("drain", send);
      send();
    });
    let read = 0;
    const lookForLine: Stage = async (target) => {
      while ((await target.read(1)).toString() !== "\n") read += 1;
    };
    const target = dialServer(server, new KeepingReader(), [lookForLine]);
    await expect(target.ready).rejects.toMatchObject({
      reason: "target_unreachable",
      message: "the target's handshake exceeds 65536 bytes",
    });
    expect(read).toBe(65_536);
    await expect.poll(() => target.isClosed).toBe(true);
  });

  test("destroying the target ends the one that runs, and nothing is sent any more", async () => {
    const received: Buffer[] = [];
    await using server = await listenAtEndpoint(type, (socket) => {
      socket.on("data", (chunk) => received.push(chunk));
    });
    const { promise: waiting, resolve: isWaiting } = Promise.withResolvers<void>();
    const { promise: outcome, resolve: report } = Promise.withResolvers<unknown>();
    const target = dialServer(server, new KeepingReader(), [
      async (stage) => {
        isWaiting();
        try {
          await stage.read(1);
        } catch (error) {
          stage.write("too late");
          report(error);
          throw error;
        }
      },
    ]);
    await waiting;
    // What a client wrote last does not matter: nothing of it was passed on.
    target.close(60_000);
    await expect(target.ready).rejects.toMatchObject({ reason: "target_unreachable" });
    expect(await outcome).toMatchObject({ reason: "target_unreachable" });
    expect(target.isClosed).toBe(true);
    expect(received).toEqual([]);
  });

  test("an error of a stage's own is the target's", async () => {
    await using server = await listenAtEndpoint(type, () => {});
    const broken = new TypeError("a fault in a stage");
    const target = dialServer(server, new KeepingReader(), [async () => await Promise.reject(broken)]);
    await expect(target.ready).rejects.toBe(broken);
    await expect.poll(() => target.isClosed).toBe(true);
  });
});

describe("a stage that puts TLS over the connection", () => {
  /** Asks whether to use TLS, and after an answer says `agreed` and goes on in TLS. */
  async function upgradingServer(
    certificate: TestCertificate,
    agreed: string,
    serve: (socket: TLSSocket) => void,
  ): Promise<EndpointServer> {
    return await listenAtEndpoint("tcp", (socket) => {
      socket.write("TLS?\n");
      socket.once("data", () => {
        socket.pause().write(agreed);
        serve(new TLSSocket(socket, { isServer: true, ...certificate.pair }).on("error", () => {}));
      });
    });
  }

  test("the stages that follow and the relay use it", async () => {
    using certificate = await TestCertificate.create();
    const received: Buffer[] = [];
    await using server = await upgradingServer(certificate, "agreed\n", (secured) => {
      secured.write("inside\nconsole bytes");
      secured.on("data", (chunk) => received.push(chunk));
    });
    const reader = new KeepingReader();
    const target = dialServer(server, reader, [
      expectLine("TLS?\n", "yes\n"),
      expectLine("agreed\n", ""),
      startTls({ host: "127.0.0.1", secureContext: createSecureContext({ ca: certificate.pem }) }),
      expectLine("inside\n", "indeed\n"),
    ]);
    await target.ready;
    expect(target.connection).toBeInstanceOf(TLSSocket);
    target.start(reader);
    await reader.until((text) => text === "console bytes");
    target.connection.write("typed");
    await expect.poll(() => Buffer.concat(received).toString()).toBe("indeed\ntyped");
    const closed = once(target.connection, "close");
    target.destroy();
    await closed;
    expect(target.isClosed).toBe(true);
  });

  test("what was sent in plain before it does not count as sent through it", async () => {
    using certificate = await TestCertificate.create();
    await using server = await upgradingServer(certificate, "agreed\ninjected", () => {});
    const target = dialServer(server, new KeepingReader(), [
      expectLine("TLS?\n", "yes\n"),
      expectLine("agreed\n", ""),
      startTls({ host: "127.0.0.1", secureContext: createSecureContext({ ca: certificate.pem }) }),
    ]);
    await expect(target.ready).rejects.toMatchObject({ reason: "target_security_failed" });
  });

  test("either connection takes the other along", async () => {
    using certificate = await TestCertificate.create();
    await using server = await upgradingServer(certificate, "agreed\n", (secured) => secured.destroy());
    let secured: TLSSocket | undefined;
    const target = dialServer(server, new KeepingReader(), [
      expectLine("TLS?\n", "yes\n"),
      expectLine("agreed\n", ""),
      async (stage) => {
        secured = stage.replace((socket) => connectTls({ socket, ca: certificate.pem }));
        await stage.read(1);
      },
    ]);
    await expect(target.ready).rejects.toMatchObject({ reason: "target_unreachable" });
    await expect.poll(() => target.isClosed && secured?.closed).toBe(true);
  });
});
