import { SynthaError } from "@syntha/core";
import { checkOptions, knownOptions } from "@syntha/core/storage";
import * as z from "zod";
import type { Toolset } from "../tool.ts";

/**
 * The form of the JSON Schema of a tool's arguments:
 *
 * - `"strict"`: every property is required, and an optional one may be null. OpenAI's and Anthropic's strict modes need it.
 * - `"portable"`: every property has one type, and optional properties may be absent. Every vendor accepts it outside of its
 *   strict mode; Gemini accepts no other form, because its `type` cannot be a list.
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

/** A tool's arguments in the portable form. `required` is absent if it would be empty. */
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

/** One argument, from which both forms are made. */
export interface Property {
  readonly type: string;
  readonly isOptional: boolean;
  readonly description: string | undefined;
  /** The meaning of an absent optional argument, in a few words: "no expiry". */
  readonly absent: string | undefined;
  /** The type of a list's entries. */
  readonly items: string | undefined;
  readonly format: ArgumentFormat | undefined;
  /** Described to models only with this toolset; accepted always. */
  readonly toolset: Toolset | undefined;
}

/** What the type does not say: any JSON, a token from an earlier result, the audience of an item, or a length of time. */
type ArgumentFormat = "json" | "opaque" | "audience" | "hours" | "minutes" | "seconds";

/** What `z.toJSONSchema` makes of the schemas in `parameter.ts`. */
interface GeneratedSchema {
  type?: string | string[];
  description?: string;
  absent?: string;
  format?: ArgumentFormat;
  toolset?: Toolset;
  items?: GeneratedSchema;
  anyOf?: GeneratedSchema[];
}

/** A tool's arguments by name, without bounds: not every vendor accepts them, and each would cost tokens. */
export function propertiesOf(input: z.ZodObject): ReadonlyMap<string, Property> {
  let properties = PROPERTIES.get(input);
  if (properties === undefined) {
    const generated = z.toJSONSchema(input, { io: "input", unrepresentable: "any" });
    const entries = Object.entries((generated.properties ?? {}) as Record<string, GeneratedSchema>);
    properties = new Map(entries.map(([name, schema]) => [name, toProperty(schema)]));
    PROPERTIES.set(input, properties);
  }
  return properties;
}

const PROPERTIES = new WeakMap<z.ZodObject, ReadonlyMap<string, Property>>();

function toProperty(schema: GeneratedSchema): Property {
  const { anyOf } = schema;
  const types = (anyOf ?? [schema]).flatMap(({ type = "string" }) => type);
  // The metadata of an optional argument is at its non-null branch, or at the root.
  const kind = anyOf?.find(({ type }) => type !== "null");
  const { description, absent, format, toolset, items } = { ...kind, ...schema };
  return {
    type: types.find((type) => type !== "null") ?? "string",
    isOptional: types.includes("null"),
    description,
    absent,
    items: items && [items.type ?? "string"].flat()[0],
    format,
    toolset,
  };
}

/** A new object each time, because callers may change theirs. */
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
