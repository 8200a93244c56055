import * as z from "zod";

/** Names that one list of a call may have. */
export const MOST_NAMES = 100;
/** Names of an audience, at most: how many a route may have is the mesh's limit, and checked there. */
export const MOST_AUDIENCE = 1_024;

/** 100 years: the longest time that a mesh knows. */
const MOST_HOURS = 876_000;
const MOST_LEASE_MINUTES = 1_440;
const MOST_RETRY_MINUTES = 525_600;

const name = z
  .string()
  .min(1)
  .refine((text) => text.isWellFormed() && !text.includes("\0"), {
    params: { code: "INVALID_TEXT" },
  });
const names = z.array(name).min(1).max(MOST_NAMES).readonly();
/** An empty list names nothing: the tool sees to it that this never widens an audience. */
const audience = z.array(name).max(MOST_AUDIENCE).readonly().meta({ reads: "audience" });
/** Any JSON value; the mesh refuses what is not JSON. Models are asked for text. */
const json = z
  .custom<{} | null>((value) => value !== undefined)
  .meta({
    type: "string",
    reads: "json",
    description: "text, or an object or array as JSON text",
  });

/** Kinds of arguments that several tools share. */
export const field = {
  name,
  names,
  json,
  optionalJson: json.nullish(),
  optionalName: name.nullish(),
  optionalNames: names.nullish(),
  /** Topics that something new is for. */
  audience: z.array(name).min(1).max(MOST_AUDIENCE).readonly().meta({ reads: "audience" }),
  optionalAudience: audience.nullish(),
  optionalFlag: z.boolean().nullish(),
  /** Every character counts as itself. */
  optionalPrefix: z.string().nullish(),
  /** Opaque: what a result gave. */
  opaque: z.string().meta({ reads: "opaque" }),
  optionalOpaque: z.string().meta({ reads: "opaque" }).nullish(),
  optionalRevision: z.int().min(0).nullish(),
  optionalLimit: z.int().min(1).max(MOST_NAMES).nullish(),
  optionalHours: z.number().positive().max(MOST_HOURS).meta({ reads: "hours" }).nullish(),
  optionalLease: z.number().positive().max(MOST_LEASE_MINUTES).meta({ reads: "minutes" }).nullish(),
  optionalRetry: z.number().min(0).max(MOST_RETRY_MINUTES).meta({ reads: "minutes" }).nullish(),
};
