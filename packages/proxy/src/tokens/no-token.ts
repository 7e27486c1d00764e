/** The token of a client that needs none (`tokens.from: none`). Only the source `fixed` knows it. */
export const NO_TOKEN = "no token";
