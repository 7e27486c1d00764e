import { VncConsoleView } from "@curfew/react";
import type { ConsoleDefinition } from "./console-definition.ts";

export const VNC: ConsoleDefinition = {
  label: "VNC",
  icon: "monitor",
  Preview: ({ shared, onView, password }) => (
    <VncConsoleView
      {...shared}
      ref={onView}
      viewOnly
      quality={1}
      compression={9}
      credentials={password === undefined ? {} : { password }}
    />
  ),
  Panel: ({ shared, onView, onCredentialsRequired }) => (
    <VncConsoleView {...shared} ref={onView} onCredentialsRequired={onCredentialsRequired} />
  ),
};
