const integers = new Intl.NumberFormat("en-US", { maximumFractionDigits: 0 });
const decimals = new Intl.NumberFormat("en-US", { maximumFractionDigits: 1 });

/** Whole numbers in groups of three; text as it is. */
export function toText(cell: string | number): string {
  return typeof cell === "number" ? integers.format(cell) : cell;
}

/** "1 ticket", "2 tickets"; "2 processes" by its own plural. */
export function count(number: number, noun: string, plural = `${noun}s`): string {
  return `${toText(number)} ${number === 1 ? noun : plural}`;
}

/** A duration with the precision that its size deserves: "0.95 ms", "211 ms", "1.4 s", "2.5 min". */
export function duration(ms: number): string {
  if (ms < 10) return `${ms.toFixed(2)} ms`;
  if (ms < 1_000) return `${ms.toFixed(0)} ms`;
  if (ms < 60_000) return `${(ms / 1_000).toFixed(1)} s`;
  if (ms < 3_600_000) return `${(ms / 60_000).toFixed(1)} min`;
  return `${decimals.format(ms / 3_600_000)} h`;
}

export function percent(part: number, whole: number): string {
  return whole === 0 ? "–" : `${decimals.format((part / whole) * 100)}%`;
}

export function megabytes(bytes: number): string {
  return `${decimals.format(bytes / 1e6)} MB`;
}

/** A control character in a file's text must not command the terminal. */
export function printable(text: string): string {
  return text.replaceAll(/\p{Cc}/gu, "\uFFFD");
}
