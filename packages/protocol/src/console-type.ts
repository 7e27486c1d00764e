/** The type of a console, as grants and the gateway name it. */
export type ConsoleType = "vnc" | "serial" | "spice";

/** The types of consoles that the SDK shows. SPICE needs another viewer, such as spice-html5. */
export type ViewedConsoleType = Exclude<ConsoleType, "spice">;
