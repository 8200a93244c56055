/** A number of 53 bits that two different texts hardly share. It stands for values that are too large to keep. */
export function digestOf(text: string): number {
  let [high, low] = [0xdeadbeef, 0x41c6ce57];
  for (let at = 0; at < text.length; at++) {
    const code = text.charCodeAt(at);
    high = Math.imul(high ^ code, 0x9e3779b1);
    low = Math.imul(low ^ code, 0x5f356495);
  }
  high = Math.imul(high ^ (high >>> 16), 0x85ebca6b) ^ Math.imul(low ^ (low >>> 13), 0xc2b2ae35);
  low = Math.imul(low ^ (low >>> 16), 0x85ebca6b) ^ Math.imul(high ^ (high >>> 13), 0xc2b2ae35);
  return (high & 0x1f_ffff) * 2 ** 32 + (low >>> 0);
}

const MODULUS = 2 ** 48;

/** A set of keys as a number and a sum, whatever their order. */
export class KeyDigest {
  count = 0;
  sum = 0;

  add(key: string): void {
    this.count++;
    this.sum = (this.sum + (digestOf(key) % MODULUS)) % MODULUS;
  }

  equals(other: KeyDigest): boolean {
    return this.count === other.count && this.sum === other.sum;
  }

  /** Of the keys of both, which have none in common. */
  plus(other: KeyDigest): KeyDigest {
    const both = new KeyDigest();
    both.count = this.count + other.count;
    both.sum = (this.sum + other.sum) % MODULUS;
    return both;
  }
}
