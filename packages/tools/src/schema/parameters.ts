import { SynthaError } from "@syntha/core";
import { checkOptions, knownOptions } from "@syntha/core/storage";
import * as z from "zod";

/**
 * The form of JSON Schema in which a tool's arguments are described:
 *
 * - `"strict"`: every property is required, and an optional one may be null. OpenAI's and Anthropic's strict modes need it.
 * - `"portable"`: a property has one type, and only what a call needs is required. Every vendor accepts it outside of its
 *   strict mode. Gemini refuses the strict form, because its `type` is never a list.
 */
export type SchemaDialect = "strict" | "portable";

const OPTIONS = knownOptions<{ dialect?: unknown }>("tools", { dialect: true });
const DIALECTS: readonly unknown[] = ["strict", "portable"] satisfies SchemaDialect[];

/** @throws INVALID_ARGUMENTS for an unknown option or dialect */
export function checkDialect(options: { readonly dialect?: unknown }): SchemaDialect {
  checkOptions(options, OPTIONS);
  const { dialect = "strict" } = options;
  if (DIALECTS.includes(dialect)) return dialect as SchemaDialect;
  throw new SynthaError("INVALID_ARGUMENTS", "Unknown schema dialect.", {
    hint: `Use "strict" or "portable".`,
    details: { path: "dialect" },
  });
}

/** A property in the strict form. */
export interface PropertySchema {
  type: string | string[];
  description?: string;
  items?: PropertySchema;
}

/** A tool's arguments in the strict form. */
export interface ParametersSchema {
  type: "object";
  properties: Record<string, PropertySchema>;
  required: string[];
  additionalProperties: false;
}

/** A property in the portable form. */
export interface PortableProperty {
  type: string;
  description?: string;
  items?: PortableProperty;
}

/** A tool's arguments in the portable form. `required` is left out where it would be empty. */
export interface PortableParameters {
  type: "object";
  properties: Record<string, PortableProperty>;
  required?: string[];
}

/** The type of a tool's `parameters` in each dialect. */
export interface ParametersByDialect {
  strict: ParametersSchema;
  portable: PortableParameters;
}

/** One argument, as both forms are made from it. */
export interface Property {
  readonly type: string;
  readonly isOptional: boolean;
  readonly description: string | undefined;
  /** What it means when an optional argument is not given, in a few words: "no expiry". */
  readonly absent: string | undefined;
  /** Type of a list's entries. */
  readonly items: string | undefined;
  readonly reads: ReadAs | undefined;
}

/**
 * How an argument is read, where its type alone does not say it: any JSON, a token that only a result gives, who an item
 * is for, or a length of time.
 */
type ReadAs = "json" | "opaque" | "audience" | "hours" | "minutes";

/** What `z.toJSONSchema` makes of the fields of `arguments/fields.ts`. */
interface Generated {
  type?: string | string[];
  description?: string;
  absent?: string;
  reads?: ReadAs;
  items?: Generated;
  anyOf?: Generated[];
}

/** Arguments by name. Their bounds are in no schema: not every vendor accepts them, and each would cost tokens. */
export function propertiesOf(input: z.ZodObject): ReadonlyMap<string, Property> {
  let properties = PROPERTIES.get(input);
  if (properties === undefined) {
    const generated = z.toJSONSchema(input, { io: "input", unrepresentable: "any" });
    const entries = Object.entries((generated.properties ?? {}) as Record<string, Generated>);
    properties = new Map(entries.map(([name, schema]) => [name, toProperty(schema)]));
    PROPERTIES.set(input, properties);
  }
  return properties;
}

const PROPERTIES = new WeakMap<z.ZodObject, ReadonlyMap<string, Property>>();

function toProperty(schema: Generated): Property {
  const { anyOf } = schema;
  const types = (anyOf ?? [schema]).flatMap(({ type = "string" }) => type);
  // What is said of an optional argument's own kind stands with its kind.
  const kind = anyOf?.find(({ type }) => type !== "null");
  const { description, absent, reads, items } = { ...kind, ...schema };
  return {
    type: types.find((type) => type !== "null") ?? "string",
    isOptional: types.includes("null"),
    description,
    absent,
    items: items && [items.type ?? "string"].flat()[0],
    reads,
  };
}

/** A new object each time, so that callers may change theirs. */
export function toParameters<D extends SchemaDialect>(
  properties: ReadonlyMap<string, Property>,
  dialect: D,
): ParametersByDialect[D];
export function toParameters(
  properties: ReadonlyMap<string, Property>,
  dialect: SchemaDialect,
): ParametersSchema | PortableParameters {
  return dialect === "strict" ? toStrict(properties) : toPortable(properties);
}

function toStrict(properties: ReadonlyMap<string, Property>): ParametersSchema {
  const toSchema = ({ type, isOptional, items, ...about }: Property): PropertySchema => ({
    type: isOptional ? [type, "null"] : type,
    ...describe(about, "null"),
    ...(items !== undefined && { items: { type: items } }),
  });
  const entries = [...properties].map(([name, property]) => [name, toSchema(property)] as const);
  return {
    type: "object",
    properties: Object.fromEntries(entries),
    required: [...properties.keys()],
    additionalProperties: false,
  };
}

function toPortable(properties: ReadonlyMap<string, Property>): PortableParameters {
  const toSchema = ({ type, items, ...about }: Property): PortableProperty => ({
    type,
    ...describe(about, "omit"),
    ...(items !== undefined && { items: { type: items } }),
  });
  const entries = [...properties].map(([name, property]) => [name, toSchema(property)] as const);
  const required = [...properties].flatMap(([name, { isOptional }]) => (isOptional ? [] : [name]));
  return {
    type: "object",
    properties: Object.fromEntries(entries),
    ...(required.length > 0 && { required }),
  };
}

/** "hours until it expires; null for no expiry" */
function describe(
  { description, absent }: Pick<Property, "description" | "absent">,
  nothing: "null" | "omit",
): { description?: string } {
  const parts = [description, absent && `${nothing} for ${absent}`].filter(Boolean);
  return parts.length === 0 ? {} : { description: parts.join("; ") };
}
