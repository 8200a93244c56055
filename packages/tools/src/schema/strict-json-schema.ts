import * as z from "zod";

/** What strict modes allow of JSON Schema, and no more. */
export interface PropertySchema {
  type: string | string[];
  description?: string;
  items?: PropertySchema;
}

/** A tool's arguments: every property is required, the optional ones may be null. */
export interface ParametersSchema {
  type: "object";
  properties: Record<string, PropertySchema>;
  required: string[];
  additionalProperties: false;
}

interface Generated {
  type?: string | string[];
  description?: string;
  items?: Generated;
  anyOf?: Generated[];
}

export function toParameters(input: z.ZodObject): ParametersSchema {
  const { properties = {} } = z.toJSONSchema(input, { io: "input", unrepresentable: "any" });
  const entries = Object.entries(properties).map(([name, property]): [string, PropertySchema] => [
    name,
    compact(property as Generated),
  ]);
  return {
    type: "object",
    properties: Object.fromEntries(entries),
    required: entries.map(([name]) => name),
    additionalProperties: false,
  };
}

/** Bounds are checked by us and told in errors: not every strict mode takes them, and each would cost tokens. */
function compact(schema: Generated): PropertySchema {
  const { description } = schema;
  const plain = schema.anyOf?.find(({ type }) => type !== "null") ?? schema;
  const types = [plain.type ?? "string"].flat();
  if (schema.anyOf !== undefined) types.push("null");
  const [only] = types;
  return {
    type: types.length === 1 && only !== undefined ? only : types,
    ...(description !== undefined && { description }),
    ...(plain.items !== undefined && { items: compact(plain.items) }),
  };
}
