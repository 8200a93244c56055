const UNITS = [
  ["y", 365 * 86_400],
  ["w", 7 * 86_400],
  ["d", 86_400],
  ["h", 3_600],
  ["m", 60],
  ["s", 1],
] as const;

/** A time span in its largest unit, such as `2s`, `5m`, `3h`. */
export function span(ms: number): string {
  const seconds = Math.max(0, Math.floor(ms / 1_000));
  for (const [unit, size] of UNITS)
    if (seconds >= size) return `${Math.floor(seconds / size)}${unit}`;
  return "0s";
}

/** How long ago a time was; `0s` for the future, as clocks differ. */
export function ageOf(time: Date, now: number): string {
  return span(now - time.getTime());
}

/** The time of day, with the date if it is another day. */
export function clockTime(time: Date, now: number): string {
  const [day, clock] = [dayOf(time), time.toTimeString().slice(0, 8)];
  return day === dayOf(new Date(now)) ? clock : `${day} ${clock}`;
}

function dayOf(time: Date): string {
  const [month, day] = [time.getMonth() + 1, time.getDate()];
  return `${time.getFullYear()}-${String(month).padStart(2, "0")}-${String(day).padStart(2, "0")}`;
}

/** A count with its noun, such as `1 item`, `2,000 items`. */
export function count(number: number, noun: string, nouns = `${noun}s`): string {
  return `${number.toLocaleString("en-US")} ${number === 1 ? noun : nouns}`;
}

const SIZES = ["B", "KiB", "MiB", "GiB", "TiB"];

/** Bytes in a readable unit, such as `1.5 MiB`. */
export function bytes(number: number): string {
  let [size, unit] = [number, 0];
  while (size >= 1_024 && unit < SIZES.length - 1) {
    size /= 1_024;
    unit++;
  }
  const text = unit === 0 || size >= 100 ? size.toFixed(0) : size.toFixed(1);
  return `${text} ${SIZES[unit]}`;
}
