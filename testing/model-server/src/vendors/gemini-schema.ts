import type { Json } from "./vendor.ts";

/** Fields of Gemini's `Schema`, a message of protocol buffers: any other name is refused. */
const FIELDS: ReadonlySet<string> = new Set([
  "type",
  "format",
  "title",
  "description",
  "nullable",
  "enum",
  "maxItems",
  "minItems",
  "properties",
  "required",
  "minProperties",
  "maxProperties",
  "minLength",
  "maxLength",
  "pattern",
  "example",
  "anyOf",
  "propertyOrdering",
  "default",
  "items",
  "minimum",
  "maximum",
]);
const TYPES = ["STRING", "NUMBER", "INTEGER", "BOOLEAN", "ARRAY", "OBJECT", "NULL"];

/**
 * Refuses what Gemini refuses of a `Schema`, in the words that users report. It is a message of protocol buffers, a subset
 * of OpenAPI 3.0 and not JSON Schema: a `type` is one value, and a keyword that it has no field for is an error.
 * @throws Error with the API's message
 */
export function checkSchema(schema: Json, where: string): void {
  for (const [name, value] of Object.entries(schema)) {
    if (!FIELDS.has(name)) throw unknownName(name, where, "Cannot find field.");
    const isRepeated = ["enum", "required", "anyOf", "propertyOrdering"].includes(name);
    if (Array.isArray(value) && !isRepeated)
      throw unknownName(name, where, "Proto field is not repeating, cannot start list.");
  }
  const { type, properties, items, required, anyOf, enum: values } = schema;
  if (Array.isArray(anyOf)) {
    if (Object.keys(schema).length > 1)
      throw invalid(`${where}: When using any_of, it must be the only field set.`);
    for (const [i, part] of anyOf.entries()) checkSchema(part as Json, `${where}.any_of[${i}]`);
    return;
  }
  const kind = typeof type === "string" ? type.toUpperCase() : undefined;
  if (kind === undefined || !TYPES.includes(kind))
    throw invalid(`${where}: schema didn't specify the schema type field.`);
  checkKind("items", items, kind === "ARRAY", where);
  checkKind("properties", properties, kind === "OBJECT", where);
  if (required !== undefined && kind !== "OBJECT")
    throw invalid(`${where}.required: only allowed for OBJECT type.`);
  if (values !== undefined && kind !== "STRING")
    throw invalid(`${where}.enum: only allowed for STRING type.`);
  if (items !== undefined) checkSchema(items as Json, `${where}.items`);
  const entries = Object.entries((properties ?? {}) as Record<string, Json>);
  if (kind === "OBJECT" && entries.length === 0)
    throw invalid(`${where}.properties: should be non-empty for OBJECT type.`);
  for (const [i, name] of ((required ?? []) as string[]).entries())
    if (!entries.some(([known]) => known === name))
      throw invalid(`${where}.required[${i}]: property is not defined.`);
  for (const [i, [, property]] of entries.entries())
    checkSchema(property, `${where}.properties[${i}].value`);
}

/** A field belongs to one type, which needs it. */
function checkKind(field: string, value: unknown, isDue: boolean, where: string): void {
  if (isDue && value === undefined) throw invalid(`${where}.${field}: missing field.`);
  if (!isDue && value !== undefined) throw invalid(`${where}.${field}: field predicate failed.`);
}

function unknownName(name: string, where: string, why: string): Error {
  return new Error(
    `Invalid JSON payload received. Unknown name ${JSON.stringify(name)} at '${where}': ${why}`,
  );
}

function invalid(message: string): Error {
  return new Error(`* GenerateContentRequest.${message}`);
}
