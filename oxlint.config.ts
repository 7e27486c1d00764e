import { defineConfig } from "oxlint";

/** What each package may import of the others; `node` means Node's own modules. */
const packages = [
  { files: "packages/protocol/src/**", allowed: [], node: false, why: "protocol depends on nothing" },
  { files: "packages/proxy/src/**", allowed: ["protocol"], node: true, why: "proxy imports only protocol" },
  {
    files: "packages/client/src/**",
    allowed: ["protocol"],
    node: false,
    why: "client imports only protocol, and runs in browsers",
  },
  {
    files: "packages/react/src/**",
    allowed: ["client"],
    node: false,
    why: "react imports only client, and runs in browsers",
  },
  {
    files: "packages/testing/src/**",
    allowed: ["protocol"],
    node: true,
    why: "testing imports only protocol, so that a fault cannot hide in both sides",
  },
  {
    files: "packages/conformance/src/**",
    allowed: ["protocol", "testing"],
    node: true,
    why: "conformance sees the gateway from outside, as it sees Nova's proxies",
  },
  {
    files: "packages/bench/src/**",
    allowed: ["protocol", "testing", "conformance", "proxy/admin"],
    node: true,
    why: "bench runs the gateway as a process, as users do",
  },
] as const;

/** The folders of a source tree, top to bottom: each imports only folders below it. */
const LAYERS: Readonly<Record<string, readonly string[]>> = {
  "packages/proxy/src": [
    "cli",
    "nova",
    "websockify",
    "config",
    "admin",
    "http",
    "workers",
    "cluster",
    "control",
    "sessions",
    "limits",
    "recording",
    "relay",
    "consoles",
    "targets",
    "tokens",
    "cluster-store",
    "database",
    "telemetry",
    "websocket",
    "net",
    "time",
  ],
  "packages/client/src": [
    "toolbar",
    "element",
    "views",
    "ui",
    "locales",
    "connection",
    "connection/machine",
    "connection/model",
    "connection/channel",
    "util",
  ],
  "packages/conformance/src": ["report", "checks", "lab", "console-rows", "cloud"],
  "packages/bench/src": ["report", "run", "scenarios", "subjects", "load", "machine", "statistics"],
  "apps/demo/src/page": ["panel", "lists", "machines", "toolbar", "consoles", "controls", "api", "util"],
  "apps/demo/src/server": ["http", "feed", "faults", "machines", "gateways"],
  "apps/console/src": [
    "page",
    "session",
    "consoles",
    "actions",
    "dialogs",
    "cards",
    "shell",
    "widgets",
    "settings",
    "embedding",
    "locales",
    "console-url",
    "browser",
  ],
};

/** Files that put a tree together, with the folders that may import them. */
const ROOTS: Readonly<Record<string, { readonly files: string; readonly from: readonly string[] }>> = {
  "packages/proxy/src": { files: "(gateway|primary|administration|worker|worker-main|index)\\.ts$", from: ["cli"] },
  "packages/client/src": { files: "(index|connection|backoff|log|timers)\\.ts$", from: [] },
};

interface Pattern {
  readonly group?: string[];
  readonly regex?: string;
  readonly message: string;
}

function restrict(files: string[], patterns: Pattern[]) {
  return { files, rules: { "no-restricted-imports": ["error", { patterns }] as ["error", object] } };
}

/** Folders import only the folders below them, besides what their package may import. */
function layerOverrides() {
  return Object.entries(LAYERS).flatMap(([tree, folders]) =>
    folders.map((folder, index) => {
      const above = folders.slice(0, index);
      const roots = ROOTS[tree];
      const regexes = [
        ...(above.length > 0 ? [`^(\\.\\./)+(${above.join("|")})/`] : []),
        ...(roots === undefined || roots.from.includes(folder) ? [] : [`^(\\.\\./)+${roots.files}`]),
      ];
      return restrict(
        [`${tree}/${folder}/**`],
        [
          ...packagePatterns(tree),
          ...regexes.map((regex) => ({ regex, message: `${folder} is below it: imports go one way.` })),
        ],
      );
    }),
  );
}

function packagePatterns(tree: string): Pattern[] {
  return packages
    .filter(({ files }) => files.startsWith(`${tree}/`))
    .map(({ allowed, node, why }) => ({
      group: [
        "@curfew/*",
        "@curfew/*/**",
        ...allowed.flatMap((name) => [`!@curfew/${name}`, `!@curfew/${name}/**`]),
        ...(node ? [] : ["node:*"]),
      ],
      message: `${why}.`,
    }));
}

export default defineConfig({
  plugins: ["typescript", "import", "unicorn", "promise", "vitest"],
  categories: { correctness: "error", suspicious: "error" },
  rules: {
    "typescript/no-explicit-any": "error",
    "typescript/no-floating-promises": "error",
    "typescript/no-misused-promises": "error",
    "typescript/switch-exhaustiveness-check": "error",
    "typescript/consistent-type-imports": "error",
    "vitest/valid-expect": ["error", { maxArgs: 2 }],
    "vitest/expect-expect": "off",
    "import/no-cycle": ["error", { ignoreTypes: false }],
    "import/no-named-as-default-member": "off",
    "import/no-default-export": "error",
    "max-lines": ["error", { max: 400 }],
    "max-lines-per-function": ["error", { max: 60, skipBlankLines: true, skipComments: true }],
    "no-console": "error",
    "no-shadow": "off",
    "unicorn/consistent-function-scoping": "off",
    "typescript/no-unsafe-type-assertion": "off",
    // The compiler knows that an exhaustive switch always returns; this rule does not.
    "typescript/consistent-return": "off",
    eqeqeq: "error",
    "prefer-const": "error",
  },
  overrides: [
    ...packages.map(({ files }) => restrict([files], packagePatterns(files.replace("/**", "")))),
    ...layerOverrides(),
    restrict(
      ["packages/*/src/**/*.test.{ts,tsx}", "packages/*/test/**"],
      [
        {
          group: ["@curfew/console-page", "@curfew/demo", "@curfew/e2e"],
          message: "nothing imports apps or e2e.",
        },
      ],
    ),
    {
      files: ["e2e/**"],
      rules: { "no-empty-pattern": "off", "import/no-unassigned-import": ["error", { allow: ["**/*.css"] }] },
    },
    {
      // Tests hold many short tests in one function; a component holds its markup. The element's class is made by a
      // function, because a module that extends HTMLElement cannot be loaded in Node.
      files: [
        "**/*.{test,spec}.{ts,tsx}",
        "**/test/**",
        "**/*.{tsx,jsx}",
        "packages/client/src/element/console-element.ts",
        "packages/client/src/toolbar/toolbar-element.ts",
      ],
      rules: { "max-lines-per-function": "off" },
    },
    {
      files: ["**/*.config.{ts,js}", "examples/next/app/*.jsx"],
      rules: { "import/no-default-export": "off" },
    },
    {
      files: [
        "tools/**",
        "packages/proxy/src/cli/output.ts",
        "**/cli.ts",
        "apps/demo/src/{server,nova,cluster,local}/**",
      ],
      rules: { "no-console": "off" },
    },
  ],
  ignorePatterns: ["dist", "node_modules", "packages/proxy/page"],
});
