import type { ReactNode } from "react";

interface RadioGroupProps<Value extends string | number> {
  readonly legend: string;
  /** Whether only screen readers get the legend. @defaultValue false */
  readonly hideLegend?: boolean;
  readonly name: string;
  readonly value: Value;
  readonly options: readonly { readonly value: Value; readonly label: ReactNode; readonly name: string }[];
  readonly onChange: (value: Value) => void;
}

/** A choice of one of a few values, side by side. */
export function RadioGroup<Value extends string | number>(props: RadioGroupProps<Value>) {
  const { legend, hideLegend = false, name, value, options, onChange } = props;
  return (
    <fieldset className="choice">
      <legend className={hideLegend ? "hidden" : ""}>{legend}</legend>
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
