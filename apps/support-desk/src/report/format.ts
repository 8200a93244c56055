/** Rows of named values. A heading is the name in words. */
export type Table = readonly Readonly<Record<string, number | string>>[];

/** Text without control characters: files and models must not command the terminal. Numbers in groups of three. */
export function toText(cell: string | number): string {
  if (typeof cell === "string") return cell.replaceAll(/\p{Cc}/gu, "\uFFFD");
  return cell.toLocaleString("en-US", { maximumFractionDigits: 0 });
}

/** "1 ticket", "2 tickets", "2 processes". */
export function count(number: number, noun: string): string {
  const plural = noun.endsWith("s") ? `${noun}es` : `${noun}s`;
  return `${toText(number)} ${number === 1 ? noun : plural}`;
}

/** "211 ms", "1.4 s", "2.5 min". */
export function duration(ms: number): string {
  if (ms < 1_000) return `${ms.toFixed(0)} ms`;
  return ms < 60_000 ? `${(ms / 1_000).toFixed(1)} s` : `${(ms / 60_000).toFixed(1)} min`;
}

/** "toolCalls" is "tool calls". */
export function toHeading(name: string): string {
  return name.replaceAll(/(?<!^)[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`);
}
