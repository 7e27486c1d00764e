import { type ByteServer, type ByteServerOptions, startByteServer } from "../bytes/server.ts";
import { type VncPlayer, type VncPlayerOptions, startVncPlayer } from "../recording/player.ts";
import { type FakeSerialOptions, type FakeSerialServer, startFakeSerial } from "../serial/server.ts";
import { type FakeVncOptions, type FakeVncServer, startFakeVnc } from "../vnc/server.ts";

/** The fake console of a test: its kind, and the options of that kind's server. */
export type ConsoleOption =
  | ({ readonly type: "vnc" } & FakeVncOptions)
  | ({ readonly type: "serial" } & FakeSerialOptions)
  | ({ readonly type: "bytes" } & ByteServerOptions)
  | ({ readonly type: "recording"; readonly file: string } & VncPlayerOptions);

/** The running server of each kind. */
export interface ConsoleServers {
  readonly vnc: FakeVncServer;
  readonly serial: FakeSerialServer;
  readonly bytes: ByteServer;
  readonly recording: VncPlayer;
}

/** A running console with its kind. */
export type RunningConsole = {
  readonly [Type in keyof ConsoleServers]: { readonly type: Type; readonly server: ConsoleServers[Type] };
}[keyof ConsoleServers];

/** Starts the console of a test. */
export async function startConsole(option: ConsoleOption): Promise<RunningConsole> {
  switch (option.type) {
    case "vnc":
      return { type: "vnc", server: await startFakeVnc(option) };
    case "serial":
      return { type: "serial", server: await startFakeSerial(option) };
    case "bytes":
      return { type: "bytes", server: await startByteServer(option) };
    case "recording":
      return { type: "recording", server: await startVncPlayer(option.file, option) };
    default:
      option satisfies never;
      throw new RangeError(
        `console.type is ${JSON.stringify((option as ConsoleOption).type)}; expected vnc, serial, bytes or recording`,
      );
  }
}

/** @throws Error when the console is of another type than the fixture that the test takes */
export function serverOf<Type extends keyof ConsoleServers>(running: RunningConsole, type: Type): ConsoleServers[Type] {
  if (running.type === type) return running.server as ConsoleServers[Type];
  throw new Error(`the test takes the fixture ${type}, and its console.type is ${JSON.stringify(running.type)}`);
}
