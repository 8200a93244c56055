import type { JsonValue } from "@syntha/core";
import * as z from "zod";

const text = z.string();
/** Read-only for TypeScript alone: `readonly()` would add a keyword to the JSON Schema. */
const names: z.ZodType<readonly string[]> = z.array(text);
const count = z.int().min(0);
const nearestNames = z.record(text, text);

/** Fields of results, shared by tools. Described is only what name and type do not say. */
export const field = {
  text,
  names,
  count,
  /** Any value: what agents write has no schema here. */
  json: z.custom<JsonValue>(),
  flag: z.boolean(),
  /** ISO 8601, in UTC. */
  time: text.meta({ format: "date-time" }),
  revision: z.int().min(1),
  attempt: z.int().min(1).describe("1 for the first"),
  author: text.nullable().describe("null for the system"),
  you: text.describe("the calling agent"),
  /** Present only if true, as a note about what is absent. */
  tooLarge: z.literal(true).optional(),
  state: z.enum(["claimed", "done", "failed"]).optional().describe("absent if open"),
  nextPage: text.nullable().describe("for page of the next call; null at the end"),
  cursor: text.describe("for since of the next call"),
  optionalHint: text.optional(),
  optionalNames: names.optional(),
  /** Beside a list that shows not all. */
  optionalTotal: count.optional().describe("count of all, if not all are listed"),
  optionalNearest: nearestNames.optional().describe("nearest names by unknown name"),
};

type CappedFields<F extends string> = { [K in F]: typeof names } & {
  [K in `${F}_total`]: z.ZodOptional<typeof count>;
};

/** The fields of a `cappedList`. */
export function cappedFields<F extends string>(name: F): CappedFields<F> {
  return { [name]: names, [`${name}_total`]: field.optionalTotal } as CappedFields<F>;
}
