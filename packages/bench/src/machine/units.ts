/** Bytes in a mebibyte. */
export const MIB: number = 1024 * 1024;

/** Bytes in a gibibyte. */
export const GIB: number = 1024 * MIB;
