import type { ReactNode } from "react";

interface ChoiceProps<Value extends string | number> {
  readonly legend: string;
  /** Whether the legend is for screen readers only. */
  readonly quiet?: boolean;
  readonly name: string;
  readonly value: Value;
  readonly options: readonly { readonly value: Value; readonly label: ReactNode; readonly name: string }[];
  readonly onChange: (value: Value) => void;
}

/** One of a few values, side by side. */
export function Choice<Value extends string | number>(props: ChoiceProps<Value>) {
  const { legend, quiet = false, name, value, options, onChange } = props;
  return (
    <fieldset className="choice">
      <legend className={quiet ? "hidden" : ""}>{legend}</legend>
      <div className="segments">
        {options.map((option) => (
          <label key={option.value} title={option.name}>
            <input
              type="radio"
              name={name}
              aria-label={option.name}
              checked={option.value === value}
              onChange={() => onChange(option.value)}
            />
            <span>{option.label}</span>
          </label>
        ))}
      </div>
    </fieldset>
  );
}
