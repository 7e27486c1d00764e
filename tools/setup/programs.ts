import { spawnSync } from "node:child_process";
import { accessSync, constants, existsSync } from "node:fs";
import { delimiter, join } from "node:path";

/** Applications of macOS, which are not on the PATH. */
const MAC_APPLICATIONS: Readonly<Record<string, string>> = {
  chromium: "/Applications/Chromium.app/Contents/MacOS/Chromium",
  firefox: "/Applications/Firefox.app/Contents/MacOS/firefox",
};

/** Every program of this name on the PATH, in its order. */
export function programsNamed(name: string, path: string = process.env["PATH"] ?? ""): string[] {
  return path
    .split(delimiter)
    .filter((folder) => folder !== "")
    .map((folder) => join(folder, name))
    .filter(isExecutable);
}

/** The system's Chromium. */
export function findChromium(): string | undefined {
  return findFirst("chromium", "chromium-browser");
}

/** Whether the system's Chromium is the build that draws the reference pictures: others draw letters differently. */
export function isDebianChromium(): boolean {
  return process.arch === "x64" && existsSync("/etc/debian_version") && findChromium() !== undefined;
}

/** The system's Firefox. */
export function findFirefox(): string | undefined {
  return findFirst("firefox-esr", "firefox");
}

/** The first Python on the PATH that has all these modules: a version manager's Python has none of the system's. */
export function findPython(...modules: readonly string[]): string | undefined {
  return programsNamed("python3").find(
    (python) => spawnSync(python, ["-c", `import ${modules.join(", ")}`], { stdio: "ignore" }).status === 0,
  );
}

function findFirst(...names: readonly string[]): string | undefined {
  return [...names.flatMap((name) => programsNamed(name)), ...names.map((name) => MAC_APPLICATIONS[name] ?? "")].find(
    isExecutable,
  );
}

function isExecutable(file: string): boolean {
  try {
    accessSync(file, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
