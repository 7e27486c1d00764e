import type { ConsoleType } from "@curfew/client";
import { startFakeSerial, startFakeVnc } from "@curfew/testing";

/** The types that most tests run for: those of views that also exist as elements. */
export type ElementType = Exclude<ConsoleType, "spice">;

interface ConsoleTypeTraits {
  /** The SDK's class, by its name in the page that has the SDK as `sdk`. */
  readonly sdkClass: "VncConsole" | "SerialConsole";
  /** Text that only the code of its viewer contains. */
  readonly inViewerCode: string;
  /** Starts a small fake machine. */
  readonly startMachine: () => ReturnType<typeof startFakeVnc> | ReturnType<typeof startFakeSerial>;
}

/** What differs between console types in tests that run for each of them. */
export const CONSOLE_TYPE_TRAITS: Readonly<Record<ElementType, ConsoleTypeTraits>> = {
  vnc: {
    sdkClass: "VncConsole",
    inViewerCode: "serververification",
    startMachine: () => startFakeVnc({ size: { width: 64, height: 48 } }),
  },
  serial: {
    sdkClass: "SerialConsole",
    inViewerCode: "xterm-helper-textarea",
    startMachine: () => startFakeSerial({ banner: "hello\r\n" }),
  },
};

export const CONSOLE_TYPES = Object.keys(CONSOLE_TYPE_TRAITS) as readonly ElementType[];
