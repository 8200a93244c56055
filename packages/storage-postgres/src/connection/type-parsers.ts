import type pg from "pg";

const [BOOL, INT8, INT2, INT4] = [16, 20, 21, 23] as const;

/** A double holds every position and time exactly. */
const parsers = new Map<number, (text: string) => unknown>([
  [BOOL, (text) => text === "t"],
  [INT8, Number],
  [INT2, Number],
  [INT4, Number],
]);

const asText = (text: string): string => text;

/** Independent of the type parsers that the user's program has registered with pg. */
export const typeParsers = {
  getTypeParser: (oid: number) => parsers.get(oid) ?? asText,
} as unknown as typeof pg.types;
