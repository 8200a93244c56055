const encoder = new TextEncoder();

/** For longer text, encoding is faster. */
const SHORT = 512;
// oxlint-disable-next-line no-control-regex -- every character of one byte
const ONE_BYTE_EACH = /^[\0-\x7f]*$/;

/** Whether `text` is longer than `maximum` bytes of UTF-8. Counts only if its length does not decide it. */
export function exceedsBytes(text: string, maximum: number): boolean {
  if (text.length > maximum) return true;
  return text.length * 3 > maximum && byteLength(text) > maximum;
}

/** The length of `text` in bytes of UTF-8. */
export function byteLength(text: string): number {
  if (text.length <= SHORT && ONE_BYTE_EACH.test(text)) return text.length;
  return encoder.encode(text).length;
}
