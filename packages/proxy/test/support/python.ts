import { spawnSync } from "node:child_process";
import { delimiter, join } from "node:path";

/**
 * The first Python on the PATH that has a module: a version manager's Python has none of the system's.
 *
 * @throws Error naming the module.
 */
export function findPython(module: string): string {
  const pythons = (process.env["PATH"] ?? "").split(delimiter).map((folder) => join(folder, "python3"));
  const python = pythons.find((each) => spawnSync(each, ["-c", `import ${module}`], { stdio: "ignore" }).status === 0);
  if (python === undefined) throw new Error(`no python3 on the PATH has the module ${module}`);
  return python;
}
