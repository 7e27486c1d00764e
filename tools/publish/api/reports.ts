import { mkdir, mkdtemp, readFile, readdir, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { basename, join, relative } from "node:path";
import {
  CompilerState,
  Extractor,
  ExtractorConfig,
  ExtractorLogLevel,
  type ExtractorMessage,
  type IExtractorMessagesConfig,
} from "@microsoft/api-extractor";
import { ApiPackage } from "@microsoft/api-extractor-model";
import { ROOT } from "../../root.ts";
import { type EntryPoint, type PublishedPackage, entryPoints } from "../published.ts";
import { apiReference } from "./reference.ts";

/** The reports of one package, generated from its declarations. */
export interface ApiReports {
  /** Contents by file name: `vnc.api.md`. */
  readonly reports: ReadonlyMap<string, string>;
  /** The API reference, a page of Markdown. */
  readonly reference: string;
  /** Problems of the API, a line each. */
  readonly problems: readonly string[];
}

/** Where a package keeps its reports. */
const reportFolder = ({ folder }: PublishedPackage): string => join(folder, "etc");

/** Where its reference is: `docs/api/client.md`. */
const referencePath = ({ folder }: PublishedPackage): string => join(ROOT, "docs/api", `${basename(folder)}.md`);

/** The reports in the repository, by file name. */
export async function keptApiReports(published: PublishedPackage): Promise<ReadonlyMap<string, string>> {
  return readReports(reportFolder(published));
}

/** The reference in the repository. */
export async function keptApiReference(published: PublishedPackage): Promise<string> {
  return readFile(referencePath(published), "utf8");
}

/** Writes a package's reports and its reference. Resolves to the problems of the API. */
export async function writeApiReports(published: PublishedPackage): Promise<readonly string[]> {
  const { reports, reference, problems } = await makeApiReports(published);
  await mkdir(join(ROOT, "docs/api"), { recursive: true });
  await writeFile(referencePath(published), reference);
  const folder = reportFolder(published);
  await rm(folder, { recursive: true, force: true });
  await mkdir(folder);
  for (const [name, report] of reports) await writeFile(join(folder, name), report);
  return problems;
}

/** Problems fail the run and are not written into the reports. */
const FAILS = { logLevel: ExtractorLogLevel.Warning, addToApiReportFile: false };
const IGNORED = { logLevel: ExtractorLogLevel.None, addToApiReportFile: false };

const SERIOUS: ReadonlySet<ExtractorLogLevel> = new Set([ExtractorLogLevel.Warning, ExtractorLogLevel.Error]);

const MESSAGES: IExtractorMessagesConfig = {
  compilerMessageReporting: { default: FAILS },
  extractorMessageReporting: {
    default: FAILS,
    // Checked below, together with the exports of the package's other entry points.
    "ae-forgotten-export": FAILS,
    // Everything that an entry point exports is public: there are no release stages to tag.
    "ae-missing-release-tag": IGNORED,
    // Unlike editors, it does not know the names of other entry points and of the surrounding class.
    "ae-unresolved-link": IGNORED,
    // The names of many members say everything. Undocumented exports are found in the reports.
    "ae-undocumented": IGNORED,
  },
  tsdocMessageReporting: { default: FAILS },
};

/** The options of a consumer's compiler: no export conditions of ours. */
const COMPILER_OPTIONS = {
  target: "es2023",
  lib: ["es2024", "esnext.disposable", "dom", "dom.iterable"],
  module: "nodenext",
  moduleResolution: "nodenext",
  types: ["node"],
  jsx: "react-jsx",
  strict: true,
  skipLibCheck: true,
};

/** Makes the reports of a package's entry points from its built declarations. */
export async function makeApiReports(published: PublishedPackage): Promise<ApiReports> {
  const scratch = await mkdtemp(join(tmpdir(), "curfew-api-"));
  try {
    const raised: ExtractorMessage[] = [];
    const entries = entryPoints(published);
    const configs = entries.map((entry) => prepare(published, entry, scratch));
    const [first, ...others] = configs;
    if (first === undefined) throw new Error(`${published.manifest.name} has no entry point with types`);
    const compilerState = CompilerState.create(first, {
      additionalEntryPoints: others.map(({ mainEntryPointFilePath }) => mainEntryPointFilePath),
    });
    for (const config of configs) {
      Extractor.invoke(config, {
        compilerState,
        localBuild: true,
        messageCallback: (message) => {
          message.handled = true;
          if (SERIOUS.has(message.logLevel)) raised.push(message);
        },
      });
    }
    const reports = await readReports(scratch);
    const documented = entries.map(({ specifier }, index) => ({
      specifier,
      model: ApiPackage.loadFromJsonFile(configs[index]?.apiJsonFilePath ?? ""),
    }));
    const reference = apiReference(published.manifest.name, documented);
    return { reports, reference, problems: problemsOf(reports, raised) };
  } finally {
    await rm(scratch, { recursive: true, force: true });
  }
}

async function readReports(folder: string): Promise<ReadonlyMap<string, string>> {
  const names = (await readdir(folder)).filter((name) => name.endsWith(".api.md")).toSorted();
  return new Map(
    await Promise.all(names.map(async (name) => [name, await readFile(join(folder, name), "utf8")] as const)),
  );
}

function problemsOf(reports: ReadonlyMap<string, string>, raised: readonly ExtractorMessage[]): string[] {
  const exported = new Set(
    [...reports.values()].flatMap((report) => [...report.matchAll(EXPORT)].map(([, name]) => name)),
  );
  const wrong = raised.filter(
    ({ messageId, text }) => messageId !== "ae-forgotten-export" || !exported.has(/"(.*?)"/u.exec(text)?.[1]),
  );
  const undocumented = [...reports].flatMap(([file, report]) =>
    [...report.matchAll(UNDOCUMENTED)].map(([, declaration]) => `${file}: no TSDoc: ${declaration}`),
  );
  return [...new Set([...wrong.map(describe), ...undocumented])];
}

/** A declaration that an entry point exports. */
const EXPORT = /^export (?:(?:declare|abstract) )*(?:class|const|function|interface|namespace|type) (\w+)/gmu;

/** An export without a TSDoc comment; not a member, which is indented. */
const UNDOCUMENTED = /^\/\/ @\w+ .*\(undocumented\)\n(?<declaration>.*)/gmu;

function prepare({ folder, manifest }: PublishedPackage, entry: EntryPoint, scratch: string): ExtractorConfig {
  const { types } = entry;
  const reportName = reportNameOf(manifest.name, entry);
  return ExtractorConfig.prepare({
    configObject: {
      projectFolder: folder,
      mainEntryPointFilePath: types,
      newlineKind: "lf",
      compiler: { overrideTsconfig: { compilerOptions: COMPILER_OPTIONS, files: [types] } },
      apiReport: {
        enabled: true,
        reportFileName: reportName,
        reportFolder: scratch,
        reportTempFolder: scratch,
      },
      docModel: { enabled: true, apiJsonFilePath: join(scratch, `${reportName}.api.json`) },
      dtsRollup: { enabled: false },
      tsdocMetadata: { enabled: false },
      messages: MESSAGES,
    },
    configObjectFullPath: undefined,
    packageJsonFullPath: join(folder, "package.json"),
  });
}

/** `@curfew/client/messages/de` → `messages-de`; the package's own name → `index`. */
function reportNameOf(packageName: string, { specifier }: EntryPoint): string {
  return specifier.slice(packageName.length + 1).replaceAll("/", "-") || "index";
}

function describe({ messageId, text, sourceFilePath, sourceFileLine }: ExtractorMessage): string {
  const where = sourceFilePath === undefined ? "" : `${relative(ROOT, sourceFilePath)}:${sourceFileLine ?? 0}: `;
  return `${where}${messageId}: ${text}`;
}
