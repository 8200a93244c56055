import { Ajv } from "ajv";
import type { Json } from "./vendor.ts";

const ajv = new Ajv({ strict: true, allowUnionTypes: true });

/** @throws Error when a tool's parameters are not JSON Schema */
export function checkJsonSchema(name: string, parameters: unknown): void {
  if (typeof parameters !== "object" || parameters === null)
    throw new Error(`${name}: parameters are missing.`);
  // Frameworks name the draft that they write; nothing that is checked here differs between drafts.
  const { $schema: _, ...schema } = parameters as Json;
  if (!ajv.validateSchema(schema))
    throw new Error(`${name}: parameters are not JSON Schema: ${ajv.errorsText()}`);
}

/** @throws Error for what strict modes refuse: an optional property, or one that is not named */
export function checkStrict(name: string, parameters: Json): void {
  const { type, properties = {}, required = [], additionalProperties } = parameters;
  if (type !== "object" || additionalProperties !== false)
    throw new Error(`${name}: in strict mode 'additionalProperties' must be false.`);
  const missing = Object.keys(properties as Json).find(
    (property) => !(required as string[]).includes(property),
  );
  if (missing !== undefined)
    throw new Error(`${name}: in strict mode 'required' must include every key: ${missing}.`);
}

export function checkName(name: unknown, form: RegExp): string {
  if (typeof name === "string" && form.test(name)) return name;
  throw new Error(`${String(name)} is not a valid tool name.`);
}
