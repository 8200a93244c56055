import * as z from "zod";

/** Names in one list of a call. */
export const MAX_NAMES = 100;
/** Names in an audience; the mesh itself allows fewer. */
export const MAX_AUDIENCE = 1_024;

/** 100 years, the longest duration of a mesh. */
const MAX_HOURS = 876_000;
const MAX_LEASE_MINUTES = 1_440;
const MAX_RETRY_MINUTES = 525_600;
const MAX_TIMEOUT_SECONDS = 3_600;
/** Topics of one claim, and dependencies of one item: the mesh's own limits. */
const MAX_FEW_NAMES = 64;
const MAX_PRIORITY = 10;

const name = z
  .string()
  .min(1)
  .refine((text) => text.isWellFormed() && !text.includes("\0"), {
    params: { code: "INVALID_TEXT" },
  });
const names = z.array(name).min(1).max(MAX_NAMES).readonly();
/** May be empty, which names nothing: the tool ensures that this never widens an audience. */
const audience = z.array(name).max(MAX_AUDIENCE).readonly().meta({ format: "audience" });
/** Any value: the mesh refuses what is not JSON. Models are asked for text. */
const json = z
  .custom<{} | null>((value) => value !== undefined)
  .meta({ type: "string", format: "json" });

/** Schemas of arguments, shared by tools. */
export const parameter = {
  name,
  names,
  json,
  optionalJson: json.nullish(),
  optionalName: name.nullish(),
  optionalNames: names.nullish(),
  /** Topics to claim from, or keys to depend on. */
  optionalFewNames: z.array(name).min(1).max(MAX_FEW_NAMES).readonly().nullish(),
  optionalPriority: z.int().min(-MAX_PRIORITY).max(MAX_PRIORITY).nullish(),
  optionalNumber: z.number().nullish(),
  optionalText: z.string().nullish(),
  optionalAudience: audience.nullish(),
  optionalFlag: z.boolean().nullish(),
  /** Without patterns: every character stands for itself. */
  optionalPrefix: z.string().nullish(),
  /** A token or cursor from an earlier result. */
  opaque: z.string().meta({ format: "opaque" }),
  optionalOpaque: z.string().meta({ format: "opaque" }).nullish(),
  optionalRevision: z.int().min(0).nullish(),
  optionalLimit: z.int().min(1).max(MAX_NAMES).nullish(),
  optionalHours: z.number().positive().max(MAX_HOURS).meta({ format: "hours" }).nullish(),
  optionalLease: z.number().positive().max(MAX_LEASE_MINUTES).meta({ format: "minutes" }).nullish(),
  optionalTimeout: z
    .number()
    .positive()
    .max(MAX_TIMEOUT_SECONDS)
    .meta({ format: "seconds" })
    .nullish(),
  optionalRetry: z.number().min(0).max(MAX_RETRY_MINUTES).meta({ format: "minutes" }).nullish(),
};
