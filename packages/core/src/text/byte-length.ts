const encoder = new TextEncoder();

/** Whether `text` takes more than `maximum` bytes of UTF-8; counts only when the length leaves it open. */
export function exceedsBytes(text: string, maximum: number): boolean {
  if (text.length > maximum) return true;
  return text.length * 3 > maximum && byteLength(text) > maximum;
}

/** Bytes of UTF-8 that `text` takes. */
export function byteLength(text: string): number {
  return encoder.encode(text).length;
}
