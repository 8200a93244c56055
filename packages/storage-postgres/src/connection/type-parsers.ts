import type pg from "pg";

const [BOOL, INT8, INT2, INT4] = [16, 20, 21, 23] as const;

/** Positions and times are whole numbers that a double holds exactly. */
const parsers = new Map<number, (text: string) => unknown>([
  [BOOL, (text) => text === "t"],
  [INT8, Number],
  [INT2, Number],
  [INT4, Number],
]);

const asText = (text: string): string => text;

/** Whatever parsers a user's program has set for its own queries. */
export const typeParsers = {
  getTypeParser: (oid: number) => parsers.get(oid) ?? asText,
} as unknown as typeof pg.types;
