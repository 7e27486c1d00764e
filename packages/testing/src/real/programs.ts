import { accessSync, constants, readFileSync } from "node:fs";
import { delimiter, join } from "node:path";

/** A program that a real server needs. */
export type Program = "Xtigervnc" | "icewm" | "xterm" | "qemu-system-x86_64" | "busybox";

/** The Debian package of each. */
const debianPackages: Readonly<Record<Program, string>> = {
  Xtigervnc: "tigervnc-standalone-server",
  icewm: "icewm",
  xterm: "xterm",
  "qemu-system-x86_64": "qemu-system-x86",
  busybox: "busybox-static",
};

/**
 * The program's path on this machine, or undefined when it is not installed. A busybox that needs shared libraries
 * does not count: guests have none.
 */
export function findProgram(name: Program, path: string = process.env["PATH"] ?? ""): string | undefined {
  return path
    .split(delimiter)
    .filter((folder) => folder !== "")
    .map((folder) => join(folder, name))
    .find((file) => isExecutable(file) && (name !== "busybox" || isStatic(readFileSync(file))));
}

/**
 * The program's path on this machine.
 * @throws Error naming the program and the Debian package that brings it, when it is not installed.
 */
export function requireProgram(name: Program): string {
  const found = findProgram(name);
  if (found === undefined) {
    throw new Error(`${name} is not installed: on Debian, apt-get install ${debianPackages[name]}`);
  }
  return found;
}

function isExecutable(file: string): boolean {
  try {
    accessSync(file, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

/** Whether a 64-bit little-endian ELF program runs without a dynamic loader: no program header asks for one. */
function isStatic(program: Buffer): boolean {
  const interpreter = 3;
  const offset = Number(program.readBigUInt64LE(0x20));
  const size = program.readUInt16LE(0x36);
  const count = program.readUInt16LE(0x38);
  return Array.from({ length: count }, (_, index) => program.readUInt32LE(offset + index * size)).every(
    (type) => type !== interpreter,
  );
}
