import { createRequire } from "node:module";
import type ts from "typescript-6.0";

/**
 * Prints what a version of TypeScript finds in a program's own files and in the declarations of `@curfew/`, and exits with 1
 * if that is anything. Other declarations, which take most of the time, are read, but not checked.
 *
 * `node diagnose.ts <folder of the package typescript> <tsconfig.json>`
 */
const [compilerFolder = "", configFile = ""] = process.argv.slice(2);
const compiler = createRequire(import.meta.url)(compilerFolder) as typeof ts;

const host: ts.ParseConfigFileHost = {
  ...compiler.sys,
  onUnRecoverableConfigFileDiagnostic: (diagnostic) => fail([diagnostic]),
};
const config = compiler.getParsedCommandLineOfConfigFile(configFile, undefined, host);
const program = compiler.createProgram(config?.fileNames ?? [], config?.options ?? {});
const own = program
  .getSourceFiles()
  .filter(({ fileName }) => !fileName.includes("/node_modules/") || fileName.includes("/node_modules/@curfew/"));
if (!own.some(({ isDeclarationFile }) => isDeclarationFile)) throw new Error("there are no declarations of @curfew/");
fail([
  ...(config?.errors ?? []),
  ...program.getOptionsDiagnostics(),
  ...program.getGlobalDiagnostics(),
  ...own.flatMap((file) => [...program.getSyntacticDiagnostics(file), ...program.getSemanticDiagnostics(file)]),
]);

function fail(diagnostics: readonly ts.Diagnostic[]): void {
  if (diagnostics.length === 0) return;
  const names = { getCanonicalFileName: (name: string) => name, getCurrentDirectory: () => "", getNewLine: () => "\n" };
  process.stdout.write(compiler.formatDiagnostics(diagnostics, names));
  process.exitCode = 1;
}
