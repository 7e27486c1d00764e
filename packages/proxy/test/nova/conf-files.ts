import fc from "fast-check";
import { ALL_OPTIONS } from "../../src/nova/definitions.ts";
import type { Flag } from "../../src/nova/oslo/configuration.ts";

/** What a proxy may be started with. */
export interface GeneratedCase {
  readonly files: readonly string[];
  /** After the first file. */
  readonly flags: readonly Flag[];
  readonly env: Readonly<Record<string, string>>;
  /** Whether the files after the first are in a folder. */
  readonly inFolder: boolean;
}

const options = ALL_OPTIONS.filter(({ name }) => !name.endsWith("base_url"));
const names = options.flatMap((option) => [option, ...option.deprecated]);

/** Lists are left out: oslo.config would refer to Python's form of them. */
const references = options
  .filter(({ name }) => !["auth_schemes", "allowed_origins"].includes(name))
  .flatMap(({ group, name }) => (group === "DEFAULT" ? [name] : [`${group}.${name}`]));

const space = fc.constantFrom("", "", " ", "\t", "  ");

const reference = fc.oneof(
  fc.constantFrom(...references).map((name) => `\${${name}}`),
  fc.constantFrom(...references).map((name) => `$${name}`),
  fc.constantFrom("$$", "\\$", "$", "$5", "${", "${}", "$my_ip:80", "$MY_IP", "${my_ip}", "$novncproxy_port"),
);

/** Refused wherever they stand. */
const wrongReference = fc.constantFrom(
  "$absent",
  "${absent.name}",
  "$vnc",
  "${DEFAULT.my_ip}",
  "${VNC.novncproxy_port}",
);

const word = fc.oneof(
  fc.constantFrom("true", "False", "ON", "no", "1", "0", "yes ", "off", "maybe", "None"),
  fc.constantFrom("600", "-1", "6_080", "+5", "0080", "65536", "1.5", " 7 ", "0x10"),
  fc.constantFrom("none", "vencrypt", "vencrypt, none", "none,,", "a, b ,c", ",", "tlsv1_2", "tlsv1_1", "default"),
  fc.constantFrom("127.0.0.1", "::1", "node-1.example", "-a", "1.2.3", "[::1]", "a_b", "x.example."),
  fc.constantFrom("'quoted '", '"', "\"a'", "a = b", "a: b", "a # no comment", "; c", "é\u00a0", "\u001fx", "%s"),
  fc.constantFrom("rabbit://u:p@host:5672//", "mysql+pymysql://nova:p%40s@db/nova?charset=utf8", "/var/log/x.log"),
);

const value = fc.oneof(
  { weight: 12, arbitrary: word },
  { weight: 3, arbitrary: fc.tuple(word, reference).map((parts) => parts.join("")) },
  { weight: 3, arbitrary: reference },
  { weight: 1, arbitrary: fc.constant("") },
);

/** A value that suits the option most of the time, so that most files can be read. */
function fitting(name: string): fc.Arbitrary<string> {
  const byName: Readonly<Record<string, readonly string[]>> = {
    auth_schemes: ["none", "vencrypt,none", "vencrypt,", " none , vencrypt "],
    ssl_minimum_version: ["default", "tlsv1_1", "tlsv1_3"],
    html5proxy_host: ["::", "host.example", "10.0.0.1", "$my_ip", "h.example."],
  };
  const isFlag = /^(?:daemon|ssl_only|source_is_ipv6|debug|watch_log_file|use_\w+|enforce_session_timeout)$/;
  if (isFlag.test(name)) return fc.constantFrom("true", "False", "YES", "off", "1", "$ssl_only", "0");
  if (/port$|ttl$|timeout$/.test(name))
    return fc.constantFrom("1", "0", " 65535", "6_080", "", "$novncproxy_port0", "+9");
  return byName[name] === undefined ? value : fc.constantFrom(...byName[name]);
}

const assignment = fc.constantFrom(...names).chain(({ group, name }) =>
  fc
    .tuple(
      fc.oneof({ weight: 30, arbitrary: fitting(name) }, { weight: 1, arbitrary: value }),
      space,
      fc.constantFrom("=", "=", "=", ":"),
      space,
      fc.oneof(
        { weight: 20, arbitrary: fc.constant([]) },
        { weight: 1, arbitrary: fc.array(fc.tuple(fc.constantFrom(" ", "\t", "    "), word), { maxLength: 2 }) },
      ),
    )
    .map(([text, before, separator, after, more]) => ({
      group,
      lines: [`${name}${before}${separator}${after}${text}`, ...more.map((parts) => parts.join(""))],
    })),
);

/** A section with an assignment that fits it, in any case of letters. */
const section = fc
  .tuple(
    assignment,
    fc.constantFrom("as is", "as is", "as is", "upper", "other"),
    fc.array(fc.constantFrom("# c", "", ";"), { maxLength: 2 }),
  )
  .map(([{ group, lines }, spelling, between]) => {
    const name = { "as is": group, upper: group.toUpperCase(), other: group === "DEFAULT" ? "default" : `${group}x` }[
      spelling
    ];
    return [`[${name}]`, ...between, ...lines];
  });

/** Under the section before it, which may not have such an option. */
const stray = fc.oneof(
  { weight: 6, arbitrary: assignment.map(({ lines }) => lines) },
  {
    weight: 2,
    arbitrary: fc.constantFrom(["made_up = 1"], ["NOVNCPROXY_HOST = a"], ["# c"], ["  "], ["log-file = x"]),
  },
);

const broken = fc.oneof(
  fc.constantFrom(["no assignment"], ["= x"], ["[open"], ["[]"], ["", " indented"], ["# c", " indented"], ["[a] b"]),
  fc.tuple(fc.constantFrom("key", "cert"), wrongReference).map(([name, text]) => ["[DEFAULT]", `${name} = ${text}`]),
);

const file = fc
  .tuple(
    fc.array(
      fc.oneof({ weight: 60, arbitrary: section }, { weight: 10, arbitrary: stray }, { weight: 1, arbitrary: broken }),
      { maxLength: 8 },
    ),
    fc.constantFrom("\n", "\n", "\r\n"),
    fc.oneof(
      { weight: 40, arbitrary: fc.constant("[DEFAULT]") },
      { weight: 1, arbitrary: fc.constantFrom("# first", "\u{FEFF}[DEFAULT]") },
    ),
  )
  .map(([parts, end, first]) => [first, ...parts.flat()].join(end) + end);

const flag = fc.oneof(
  fc
    .constantFrom("--daemon", "--nodaemon", "--ssl_only", "--nosource_is_ipv6", "--debug", "--nouse-syslog")
    .map((text): Flag => ({
      group: "DEFAULT",
      name: text.replace(/^--(?:no)?/, "").replaceAll("-", "_"),
      value: text.startsWith("--no") ? "false" : "true",
      flag: text,
    })),
  fc
    .tuple(fc.constantFrom("novncproxy_host", "novncproxy_port", "auth_schemes", "vencrypt_ca_certs"), value)
    .map(([name, text]): Flag => ({ group: "vnc", name, value: text, flag: `--vnc-${name}=${text}` })),
  fc.tuple(fc.constantFrom("cert", "key", "web", "record", "log_file"), value).map(([name, text]): Flag => ({
    group: "DEFAULT",
    name,
    value: text,
    flag: `--${name.replace("_", "-")}=${text}`,
  })),
);

/** Options that are no flags: where a flag is in a file as well, oslo.config lets the environment override the flag. */
const variable = fc.tuple(
  fc.constantFrom(
    "OS_CONSOLEAUTH__TOKEN_TTL",
    "OS_CONSOLE__SSL_CIPHERS",
    "OS_DATABASE__CONNECTION",
    "OS_DEFAULT__MY_IP",
  ),
  fc.constantFrom("5", "$my_ip", "text", "-3", "::1"),
);

/** What is compared with oslo.config. */
export const cases: fc.Arbitrary<GeneratedCase> = fc.record({
  files: fc.array(file, { minLength: 1, maxLength: 3 }),
  flags: fc.oneof(
    { weight: 3, arbitrary: fc.constant([]) },
    { weight: 1, arbitrary: fc.array(flag, { maxLength: 2 }) },
  ),
  env: fc.oneof(
    { weight: 3, arbitrary: fc.constant({}) },
    { weight: 1, arbitrary: fc.array(variable, { maxLength: 2 }).map((entries) => Object.fromEntries(entries)) },
  ),
  inFolder: fc.boolean(),
});
