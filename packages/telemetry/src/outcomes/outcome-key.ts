/** Keys are listed in ascending order: time that counts down puts the newest first. */
const MAX_MS = 36 ** 9 - 1;
const MAX_SEQUENCE = 36 ** 4 - 1;
const FORMAT = /^([0-9a-z]{9})([0-9a-z]{4})-[0-9a-f]{8}$/;

let sequence = 0;

/** Creates an id from a time in milliseconds. Within a process and a millisecond, too, later ids come first. */
export function newOutcomeId(atMs: number): string {
  const countdown = MAX_SEQUENCE - (sequence++ % MAX_SEQUENCE);
  return `${base36(MAX_MS - atMs, 9)}${base36(countdown, 4)}-${crypto.randomUUID().slice(0, 8)}`;
}

/** The time of an id, in milliseconds; undefined for any other text. */
export function timeOf(id: string): number | undefined {
  const [, countdown] = FORMAT.exec(id) ?? [];
  return countdown === undefined ? undefined : MAX_MS - Number.parseInt(countdown, 36);
}

function base36(number: number, length: number): string {
  return number.toString(36).padStart(length, "0");
}
