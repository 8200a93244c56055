const encoder = new TextEncoder();

/** Longer text is measured faster by encoding it. */
const SHORT = 512;
// oxlint-disable-next-line no-control-regex -- every character of one byte
const ONE_BYTE_EACH = /^[\0-\x7f]*$/;

/** Whether `text` takes more than `maximum` bytes of UTF-8; counts only when the length leaves it open. */
export function exceedsBytes(text: string, maximum: number): boolean {
  if (text.length > maximum) return true;
  return text.length * 3 > maximum && byteLength(text) > maximum;
}

/** Bytes of UTF-8 that `text` takes. */
export function byteLength(text: string): number {
  if (text.length <= SHORT && ONE_BYTE_EACH.test(text)) return text.length;
  return encoder.encode(text).length;
}
