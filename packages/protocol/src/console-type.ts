/** The type of a console, as console URLs, grants and the SDK name it. */
export type ConsoleType = "vnc" | "serial" | "spice";
