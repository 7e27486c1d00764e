#!/usr/bin/env node
import { Command, InvalidArgumentError, Option } from "commander";
import type { Fault, FaultPoint } from "./faults/fault.ts";
import { startVncPlayer } from "./recording/player.ts";
import { type SerialPhase, SERIAL_PHASES } from "./serial/connection.ts";
import { startFakeSerial } from "./serial/server.ts";
import { RFB_VERSIONS, type RfbVersion, VNC_PHASES, type VncPhase } from "./vnc/handshake.ts";
import type { Size } from "./vnc/test-pattern.ts";
import { startFakeVnc, VNC_SECURITIES, type VncSecurity } from "./vnc/server.ts";
import { VNC_ENCODINGS, type VncEncoding } from "./vnc/update-encoder.ts";

type Phase = VncPhase | SerialPhase;
type Point = FaultPoint<Phase>;

interface Options {
  readonly port: number;
  readonly host: string;
  readonly password?: string;
  readonly security?: VncSecurity;
  readonly user?: string;
  readonly name?: string;
  readonly size?: Size;
  readonly fps: number;
  readonly encoding?: VncEncoding;
  readonly version: RfbVersion;
  readonly serial?: true;
  readonly play?: string;
  readonly speed: number;
  readonly refuse?: true;
  readonly chunk?: number;
  readonly slow?: number;
  readonly stallAt?: Point;
  readonly resetAt?: Point;
  readonly closeAt?: Point;
  readonly garbageAt?: Point;
  readonly floodAt?: Point;
  readonly stopReadingAt?: Point;
}

const POINT = "a number of bytes sent, a phase, or a time such as 500ms or 5s";

const program = new Command("curfew-fake-vnc")
  .description("A fake VNC server, or serial guest, that shows test patterns and fails on demand.")
  .option("--port <number>", "port to listen on; 0 takes any free one", integer(0, 65_535), 0)
  .option("--host <address>", "address to listen on", "127.0.0.1")
  .option("--password <text>", "ask for this password; with --serial: the password (guest)")
  .addOption(new Option("--security <type>", "how the password is asked for (vnc)").choices(VNC_SECURITIES))
  .option("--name <text>", "the desktop's name; with --serial: the host name")
  .option("--size <WxH>", "size of the desktop in pixels (320x240)", size)
  .option("--fps <number>", "test patterns per second; 0 stands still", integer(0, 1000), 10)
  .addOption(new Option("--encoding <name>", "encoding to use if the client takes it").choices(VNC_ENCODINGS))
  .addOption(new Option("--version <number>", "highest RFB version to offer").choices(RFB_VERSIONS).default("3.8"))
  .option("--serial", "be a serial guest with a login prompt and a small shell")
  .option(
    "--user <text>",
    "with --security ra2ne: ask for this name, too; with --serial: the name of the account (guest)",
  )
  .addOption(new Option("--play <file>", "play a recording of an RFB session").conflicts("serial"))
  .option("--speed <number>", "with --play: how many times as fast as it was recorded", positive, 1)
  .option("--refuse", "listen on nothing: connecting to the address is refused")
  .option("--chunk <bytes>", "send at most this many bytes per write", integer(1))
  .option("--slow <bytes>", "send at most this many bytes per second", integer(1))
  .option("--stall-at <point>", "send nothing more from this point on", point)
  .option("--reset-at <point>", "close with RST at this point", point)
  .option("--close-at <point>", "close with FIN at this point", point)
  .option("--garbage-at <point>", "send random bytes from this point on, then nothing", point)
  .option("--flood-at <point>", "send without end from this point on", point)
  .option("--stop-reading-at <point>", "read nothing more from this point on", point)
  .addHelpText(
    "after",
    `
A point is ${POINT}.
VNC phases: ${VNC_PHASES.join(", ")}.
Serial phases: ${SERIAL_PHASES.join(", ")}.`,
  );

program.parse();

try {
  const server = await start(program.opts<Options>());
  // A server that refuses has no socket that would keep the process alive.
  const keepAlive = setInterval(() => {}, 2 ** 30);
  const stop = (): void => {
    clearInterval(keepAlive);
    void server.close();
  };
  process.once("SIGINT", stop);
  process.once("SIGTERM", stop);
  // Last, because a reader of this line may send a signal at once.
  console.log(`${program.opts<Options>().serial ? "serial guest" : "VNC server"} listening on ${server.address}`);
} catch (error) {
  program.error(`error: ${error instanceof Error ? error.message : String(error)}`);
}

function start(options: Options): Promise<{ readonly address: string; close(): Promise<void> }> {
  const { host, port, serial, play, speed, user, password, security, name, size, fps, encoding, version } = options;
  // Each server checks that the phases are its own.
  const faults = faultsOf(options);
  const common = { host, port, ...(password !== undefined && { password }) };
  if (play !== undefined) return startVncPlayer(play, { host, port, speed, faults: faults as readonly Fault[] });
  if (serial) {
    return startFakeSerial({
      ...common,
      faults: faults as readonly Fault<SerialPhase>[],
      ...(user !== undefined && { user }),
      ...(name !== undefined && { hostname: name }),
    });
  }
  return startFakeVnc({
    ...common,
    faults: faults as readonly Fault<VncPhase>[],
    fps,
    version,
    ...(security !== undefined && { security }),
    ...(user !== undefined && { username: user }),
    ...(name !== undefined && { name }),
    ...(size !== undefined && { size }),
    ...(encoding !== undefined && { encoding }),
  });
}

function faultsOf(options: Options): Fault<Phase>[] {
  const { refuse, chunk, slow, stallAt, resetAt, closeAt, garbageAt, floodAt, stopReadingAt } = options;
  const faults: Fault<Phase>[] = [];
  if (refuse) faults.push({ type: "refuse" });
  if (chunk !== undefined) faults.push({ type: "split", bytes: chunk });
  if (slow !== undefined) faults.push({ type: "slow", bytesPerSecond: slow });
  if (stallAt !== undefined) faults.push({ type: "stall", at: stallAt });
  if (resetAt !== undefined) faults.push({ type: "reset", at: resetAt });
  if (closeAt !== undefined) faults.push({ type: "close", at: closeAt });
  if (garbageAt !== undefined) faults.push({ type: "garbage", at: garbageAt });
  if (floodAt !== undefined) faults.push({ type: "flood", at: floodAt });
  if (stopReadingAt !== undefined) faults.push({ type: "stop_reading", at: stopReadingAt });
  return faults;
}

function integer(least: number, most: number = Number.MAX_SAFE_INTEGER): (text: string) => number {
  const range = most === Number.MAX_SAFE_INTEGER ? `of ${least} or more` : `from ${least} to ${most}`;
  return (text) => {
    if (/^\d+$/.test(text) && Number(text) >= least && Number(text) <= most) return Number(text);
    throw new InvalidArgumentError(`Expected an integer ${range}.`);
  };
}

function positive(text: string): number {
  if (Number(text) > 0) return Number(text);
  throw new InvalidArgumentError("Expected a number above 0.");
}

function size(text: string): Size {
  const [, width, height] = /^(\d+)x(\d+)$/.exec(text) ?? [];
  if (width === undefined || height === undefined) throw new InvalidArgumentError("Expected WxH, such as 800x600.");
  return { width: Number(width), height: Number(height) };
}

function point(text: string): Point {
  if (/^\d+$/.test(text)) return Number(text);
  const [, amount, unit] = /^(\d+)(ms|s)$/.exec(text) ?? [];
  if (amount !== undefined) return { afterMs: Number(amount) * (unit === "s" ? 1000 : 1) };
  if (/^[a-z]+$/i.test(text)) return text as Phase;
  throw new InvalidArgumentError(`Expected ${POINT}.`);
}
