/** Keys are read in their order: with time counted backwards, the newest come first. */
const LAST_MS = 36 ** 9 - 1;
const LAST_TURN = 36 ** 4 - 1;
const FORM = /^([0-9a-z]{9})([0-9a-z]{4})-[0-9a-f]{8}$/;

let turns = 0;

/** A new id at a time, in milliseconds. Of one process and millisecond, the later one comes first too. */
export function newOutcomeId(at: number): string {
  const turn = LAST_TURN - (turns++ % LAST_TURN);
  return `${base36(LAST_MS - at, 9)}${base36(turn, 4)}-${crypto.randomUUID().slice(0, 8)}`;
}

/** When it was; undefined for what is no such id. */
export function timeOf(id: string): number | undefined {
  const [, backwards] = FORM.exec(id) ?? [];
  return backwards === undefined ? undefined : LAST_MS - Number.parseInt(backwards, 36);
}

function base36(number: number, length: number): string {
  return number.toString(36).padStart(length, "0");
}
