/**
 * Reads the body of a response, and gives it up when it is too long.
 *
 * @param what - for the error, such as `the token service's reply`.
 * @throws Error when it has more bytes.
 */
export async function readBounded(response: Response, maxBytes: number, what: string): Promise<string> {
  const chunks: Uint8Array[] = [];
  let bytes = 0;
  // Leaving the loop closes the connection.
  for await (const chunk of response.body ?? []) {
    bytes += chunk.byteLength;
    if (bytes > maxBytes) throw new Error(`${what} has more than ${maxBytes} bytes`);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString();
}
