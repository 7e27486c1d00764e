import { type Assignment, normalizeGroup } from "./ini-file.ts";
import { interpolate } from "./interpolation.ts";
import { formatName, type Option, type OptionName, variableName } from "./option.ts";

/** A flag of the command line. */
export interface Flag extends OptionName {
  readonly value: string;
  /** As it was written, such as `--vnc-novncproxy_port`. */
  readonly flag: string;
}

/** What one file or one flag sets. Later layers override earlier ones. */
export type Layer = readonly Assignment[] | Flag;

/** Where a value was found. */
export interface Found {
  readonly value: string;
  /** For messages: `file:line ([group] name)`, a flag or a variable. */
  readonly place: string;
}

/** A value that cannot be used; the message names its place and what was expected. */
export class ConfValueError extends Error {
  override readonly name = "ConfValueError";
}

/** Where a {@link Configuration} finds its values. */
export interface ConfigurationSources {
  /** In the order of the command line. */
  readonly layers: readonly Layer[];
  /** `OS_<GROUP>__<NAME>` overrides files, but not flags. */
  readonly env?: Readonly<Record<string, string | undefined>>;
  /** Every option that `$name` may stand for. */
  readonly options: readonly Option<unknown>[];
}

/** Finds and converts the values of options as oslo.config does (`oslo_config/cfg.py`). */
export class Configuration {
  readonly #layers: readonly Layer[];
  readonly #env: Readonly<Record<string, string | undefined>>;
  /** By their names, old ones included; null for a name that has no option, but is known. */
  readonly #options = new Map<string, Option<unknown> | null>();
  readonly #groups: ReadonlySet<string>;
  /** Options that are being read, to notice one that refers to itself. */
  readonly #reading = new Set<string>();

  constructor({ layers, env = {}, options }: ConfigurationSources) {
    this.#layers = layers;
    this.#env = env;
    for (const option of options) {
      // An old group alone is no name to refer to.
      for (const old of option.deprecated) this.#options.set(formatName(old), old.name === option.name ? null : option);
    }
    // An option's own name counts more than another's old one.
    for (const option of options) this.#options.set(formatName(option), option);
    this.#groups = new Set(options.map(({ group }) => group));
  }

  /**
   * The value of an option, else its default.
   *
   * @throws ConfValueError naming where the value is, and what was expected.
   */
  get<T>(option: Option<T>): T | undefined {
    const found = this.find(option);
    if (found === undefined) return option.default;
    const value = this.#interpolated(option, found);
    try {
      return option.type(value);
    } catch (error) {
      if (!(error instanceof TypeError)) throw error;
      const got = option.isSecret ? "" : `, but got ${JSON.stringify(value)}`;
      throw new ConfValueError(`${found.place}: ${error.message}${got}`);
    }
  }

  /** The text of an option as written, and where; undefined where only the default counts. */
  find(option: Option<unknown>): Found | undefined {
    const found = this.#findInLayers([option, ...option.deprecated]);
    if (found?.isFlag === true) return found;
    const variable = variableName(option);
    const value = this.#env[variable];
    return value === undefined ? found : { value, place: `the variable ${variable}` };
  }

  /** All assignments of the files, in their order. */
  assignments(): readonly Assignment[] {
    return this.#layers.flatMap((layer) => ("flag" in layer ? [] : layer));
  }

  /** In a file the first of the names counts, with its last assignment. */
  #findInLayers(names: readonly OptionName[]): (Found & { readonly isFlag: boolean }) | undefined {
    for (const layer of this.#layers.toReversed()) {
      for (const { group, name } of names) {
        const fits = (entry: OptionName): boolean => entry.group === normalizeGroup(group) && entry.name === name;
        if ("flag" in layer) {
          if (fits(layer)) return { value: layer.value, place: layer.flag, isFlag: true };
          continue;
        }
        const last = layer.findLast(fits);
        if (last === undefined) continue;
        return { value: last.value, place: `${last.file}:${last.line} (${formatName(last)})`, isFlag: false };
      }
    }
    return undefined;
  }

  #interpolated(option: Option<unknown>, { value, place }: Found): string {
    const key = formatName(option);
    if (this.#reading.has(key)) throw new ConfValueError(`${place}: expected a value that does not refer to itself`);
    this.#reading.add(key);
    try {
      return interpolate(value, (reference) => this.#resolve(reference, option.group, place));
    } finally {
      this.#reading.delete(key);
    }
  }

  /** @param group - where a name without a group is looked for first; then in `DEFAULT`. */
  #resolve(reference: string, group: string, place: string): string {
    const dot = reference.indexOf(".");
    const names =
      dot < 0
        ? [group, "DEFAULT"].map((each) => ({ group: each, name: reference }))
        : [{ group: reference.slice(0, dot), name: reference.slice(dot + 1) }];
    // Options of DEFAULT have no group in oslo.config, so this names none.
    const isKnowable = dot < 0 || names[0]?.group !== "DEFAULT";
    const known = names.map((name) => this.#options.get(formatName(name))).find((option) => option !== undefined);
    if (isKnowable && known) return this.#text(known, place);
    const found = isKnowable && known === undefined ? this.#unknown(names.at(-1) as OptionName) : undefined;
    if (found === undefined) throw new ConfValueError(`${place}: there is no option $${reference}`);
    return found;
  }

  #text(option: Option<unknown>, place: string): string {
    const value = this.get(option);
    if (typeof value === "boolean") return value ? "True" : "False";
    if (typeof value === "string" || typeof value === "number") return String(value);
    if (value === undefined) return "";
    throw new ConfValueError(`${place}: expected a reference to text, but ${formatName(option)} is a list`);
  }

  /** An option of another part of Nova, as text. Groups are written as they are registered: `DEFAULT` is none. */
  #unknown(name: OptionName): string | undefined {
    if (name.group !== "DEFAULT" && (this.#groups.has(name.group) || name.group !== name.group.toLowerCase())) {
      return undefined;
    }
    const found = this.#findInLayers([name]);
    if (found === undefined) return undefined;
    return this.#interpolated({ ...name, ...UNTYPED }, found);
  }
}

const UNTYPED = { type: (value: string) => value, default: undefined, deprecated: [], isSecret: true };
