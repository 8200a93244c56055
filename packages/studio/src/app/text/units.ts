const STEPS: readonly (readonly [number, string])[] = [
  [86_400_000, "d"],
  [3_600_000, "h"],
  [60_000, "m"],
  [1000, "s"],
];

/** A duration by its largest unit: "42s", "5m", "3h", "12d". */
export function shortDuration(milliseconds: number): string {
  const [size, unit] = STEPS.find(([step]) => Math.abs(milliseconds) >= step) ?? [1000, "s"];
  return `${Math.trunc(milliseconds / size)}${unit}`;
}

const COUNT = new Intl.NumberFormat("en-US");

/** A count with separators: "48,213". */
export function count(value: number): string {
  return COUNT.format(value);
}

/** "1 item", "2 items". */
export function plural(value: number, noun: string, many = `${noun}s`): string {
  return `${count(value)} ${value === 1 ? noun : many}`;
}

/** Bytes in powers of 1,024: "612 B", "1.5 KiB". */
export function bytes(size: number): string {
  const units = ["B", "KiB", "MiB", "GiB"];
  let value = size;
  let unit = 0;
  while (value >= 1024 && unit < units.length - 1) {
    value /= 1024;
    unit++;
  }
  return `${unit === 0 || value >= 100 ? Math.round(value) : value.toFixed(1)} ${units[unit]}`;
}

/** A time of day with seconds, in the reader's zone. */
export function clockTime(at: number): string {
  const date = new Date(at);
  return [date.getHours(), date.getMinutes(), date.getSeconds()]
    .map((part) => String(part).padStart(2, "0"))
    .join(":");
}

/** A date and time, in the reader's zone: "2026-11-30 03:59:12". */
export function fullTime(at: number): string {
  const date = new Date(at);
  const day = [date.getFullYear(), date.getMonth() + 1, date.getDate()]
    .map((part) => String(part).padStart(2, "0"))
    .join("-");
  return `${day} ${clockTime(at)}`;
}
