import * as z from "zod";
import { field } from "./field.ts";

type JsonType = "string" | "number" | "integer" | "boolean" | "null" | "array" | "object";

/** JSON Schema of a part of an answer; `{}` allows any JSON. */
export type OutputProperty = {
  type?: JsonType | JsonType[];
  description?: string;
  const?: boolean;
  enum?: string[];
  /** Of times: ISO 8601. */
  format?: "date-time";
  minimum?: number;
  items?: OutputProperty;
  properties?: Record<string, OutputProperty>;
  required?: string[];
  /** The values of an object whose keys are names, such as keys of items. */
  additionalProperties?: OutputProperty;
  /** A value that may be null. */
  anyOf?: OutputProperty[];
};

/**
 * JSON Schema of a tool's answer to a call that succeeded: draft 2020-12, in keywords that draft 7 has too. It allows
 * properties that it does not name, because later versions may add some.
 */
// A type: an interface is not assignable to a type with an index signature, such as the one of MCP's SDK.
export type OutputSchema = {
  type: "object";
  properties: Record<string, OutputProperty>;
  required: string[];
};

/** Made at the first use, because most programs need none. A new object each time, because callers may change theirs. */
export function outputSchemaOf(output: z.ZodObject): OutputSchema {
  let schema = SCHEMAS.get(output);
  if (schema === undefined) {
    schema = toOutputSchema(output);
    SCHEMAS.set(output, schema);
  }
  return structuredClone(schema);
}

const SCHEMAS = new WeakMap<z.ZodObject, OutputSchema>();

function toOutputSchema({ shape }: z.ZodObject): OutputSchema {
  const answer = z.object({
    success: z.literal(true),
    ...shape,
    ignored_arguments: field.optionalNames.describe("not used by the tool"),
  });
  // As input, because Zod closes the objects of outputs: a client that validates would refuse every field added later.
  const { $schema: _, ...schema } = z.toJSONSchema(answer, {
    io: "input",
    unrepresentable: "any",
    override: ({ jsonSchema }) => omitNoise(jsonSchema),
  });
  return schema as OutputSchema;
}

/** What Zod states of every integer and record. */
function omitNoise(schema: z.core.JSONSchema.BaseSchema): void {
  if (schema.maximum === Number.MAX_SAFE_INTEGER) delete schema.maximum;
  delete schema.propertyNames;
}
