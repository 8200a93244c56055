import { Ajv2020, type ValidateFunction } from "ajv/dist/2020.js";
import type { OutputSchema } from "../src/index.ts";

const ajv = new Ajv2020({
  allErrors: true,
  allowUnionTypes: true,
  formats: { "date-time": /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/ },
});
const compiled = new Map<string, ValidateFunction>();

/**
 * What is wrong with an answer, in the words of another validator than the one that made the schema; undefined if it is as
 * the schema says, and without a field that the schema does not name.
 */
export function defectOf(schema: OutputSchema | undefined, answer: unknown): string | undefined {
  const text = JSON.stringify(schema);
  if (text === undefined) return "The tool has no output schema.";
  let isValid = compiled.get(text);
  if (isValid === undefined) {
    isValid = ajv.compile(closed(schema) as object);
    compiled.set(text, isValid);
  }
  return isValid(answer) ? undefined : ajv.errorsText(isValid.errors);
}

/** Published schemas allow fields of later versions; a test must not miss a field that has no schema. */
function closed(schema: unknown): unknown {
  if (typeof schema !== "object" || schema === null) return schema;
  if (Array.isArray(schema)) return schema.map(closed);
  const parts = Object.entries(schema).map(([keyword, part]) => [keyword, closed(part)] as const);
  const isObject = "type" in schema && schema.type === "object" && "properties" in schema;
  return { ...Object.fromEntries(parts), ...(isObject && { additionalProperties: false }) };
}
