/** Lines of text that comes in pieces of any size, as text or UTF-8. @throws TypeError for what is no UTF-8. */
export async function* linesOf(
  pieces: AsyncIterable<string | Uint8Array> | Iterable<string | Uint8Array>,
): AsyncGenerator<string, void> {
  const decoder = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });
  // Pieces of a line are put together once: it may be long, and come in many.
  let begun: string[] = [];
  const text = (piece: string | Uint8Array): string =>
    typeof piece === "string" ? piece : decoder.decode(piece, { stream: true });
  for await (const piece of pieces) {
    const [first = "", ...others] = text(piece).split("\n");
    begun.push(first);
    for (const next of others) {
      yield begun.join("");
      begun = [next];
    }
  }
  begun.push(decoder.decode());
  const last = begun.join("");
  if (last !== "") yield last;
}
