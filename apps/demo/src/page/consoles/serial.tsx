import { SerialConsoleView } from "@curfew/react";
import type { ConsoleDefinition } from "./console-definition.ts";

export const SERIAL: ConsoleDefinition = {
  label: "Serial",
  icon: "terminal",
  Preview: ({ shared, onView }) => <SerialConsoleView {...shared} ref={onView} viewOnly fontSize={9} scrollback={0} />,
  Panel: ({ shared, onView, theme }) => <SerialConsoleView {...shared} ref={onView} theme={theme} />,
};
