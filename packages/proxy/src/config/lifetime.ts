/** The longest lifetime that can be asked for, in seconds: a hundred years, well within what a date can say. */
export const MAX_LIFETIME_SECONDS: number = 100 * 365 * 24 * 60 * 60;
