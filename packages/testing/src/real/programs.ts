import { accessSync, constants } from "node:fs";
import { delimiter, join } from "node:path";

/** The programs that the real servers are made of, and the Debian package of each. */
const debianPackages = {
  Xtigervnc: "tigervnc-standalone-server",
  xterm: "xterm",
  "qemu-system-x86_64": "qemu-system-x86",
  busybox: "busybox-static",
} as const;

/** A program that a real server needs. */
export type Program = keyof typeof debianPackages;

/** The program's path on this machine, or undefined when it is not installed. */
export function findProgram(name: Program, path: string = process.env["PATH"] ?? ""): string | undefined {
  return path
    .split(delimiter)
    .filter((folder) => folder !== "")
    .map((folder) => join(folder, name))
    .find(isExecutable);
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
