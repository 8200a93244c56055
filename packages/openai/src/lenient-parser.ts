/**
 * Marks a strict definition as the SDK's own helpers for schemas do, so that its `parse` and `stream` don't throw where
 * a model writes broken JSON: the call reaches the answer, which tells the model. Nothing of it is sent.
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
