import type { ValueType } from "./value-types.ts";

/** The name of an option, in its group. */
export interface OptionName {
  /** `DEFAULT`, or a name in lower case. */
  readonly group: string;
  readonly name: string;
}

/** An option as a service registers it with oslo.config. */
export interface Option<T> extends OptionName {
  readonly type: ValueType<T>;
  /** Undefined where the default is None. */
  readonly default: T | undefined;
  /** Older names, which count where the file does not have the name itself. */
  readonly deprecated: readonly OptionName[];
  /** Whether no error may quote the value. */
  readonly isSecret: boolean;
}

/** Makes an {@link Option}. */
export function defineOption<T>(
  group: string,
  name: string,
  type: ValueType<T>,
  rest: Partial<Pick<Option<T>, "default" | "deprecated" | "isSecret">> = {},
): Option<T> {
  return { default: undefined, deprecated: [], isSecret: false, ...rest, group, name, type };
}

/** The environment variable of an option (`oslo_config/sources/_environment.py`). */
export function variableName({ group, name }: OptionName): string {
  return `OS_${group}__${name}`.toUpperCase();
}

/** As it is written in documents: `[group] name`. */
export function formatName({ group, name }: OptionName): string {
  return `[${group}] ${name}`;
}
