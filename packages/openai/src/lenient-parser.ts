/**
 * Marks a strict definition as the SDK's own schema helpers do, so that its `parse` and `stream` do not throw when a model
 * writes invalid JSON: the call is then answered with a hint. Nothing of it is sent.
 */
export function withLenientParser<T extends object>(definition: T): T {
  return Object.defineProperties(definition, {
    $brand: { value: "auto-parseable-tool" },
    $parseRaw: { value: parseOrNull },
  });
}

function parseOrNull(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
