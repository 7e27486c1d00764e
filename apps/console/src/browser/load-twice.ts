/** Long enough for a network that is changing, and short for a user who waits. */
const RETRY_MS = 500;

/**
 * Loads a script, and once more if that fails: a request that was lost says nothing about the next one.
 *
 * @returns rejects as the second attempt does
 */
export async function loadTwice<Part>(load: () => Promise<Part>): Promise<Part> {
  try {
    return await load();
  } catch {
    await new Promise((resolve) => setTimeout(resolve, RETRY_MS));
    return load();
  }
}
