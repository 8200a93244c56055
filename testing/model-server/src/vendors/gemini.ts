import { checkJsonSchema } from "./json-schema.ts";
import { checkSchema } from "./gemini-schema.ts";
import type { Json, Vendor } from "./vendor.ts";

const NAME = /^[a-zA-Z_][a-zA-Z0-9_.:-]{0,127}$/;

interface Content {
  readonly role?: string;
  readonly parts?: readonly Json[];
}

interface FunctionDeclaration {
  readonly name?: string;
  readonly parameters?: Json;
  readonly parametersJsonSchema?: Json;
}

interface Tool {
  readonly functionDeclarations?: readonly FunctionDeclaration[];
}

/** `generateContent`, whole and streamed. `parameters` is a `Schema` of Gemini's own, `parametersJsonSchema` JSON Schema. */
export const gemini: Vendor = {
  name: "gemini",
  path: /^\/v1(beta)?\/models\/[^/]+:(stream)?[gG]enerateContent$/,
  check({ tools = [] }) {
    const names = new Set<string>();
    for (const [t, { functionDeclarations = [] }] of (tools as Tool[]).entries()) {
      for (const [i, declaration] of functionDeclarations.entries()) {
        const where = `tools[${t}].function_declarations[${i}]`;
        const { name = "", parameters, parametersJsonSchema } = declaration;
        if (!NAME.test(name)) throw new Error(`${where}.name: Invalid function name.`);
        if (names.has(name)) throw new Error(`Duplicate function declaration found: ${name}`);
        names.add(name);
        if (parameters !== undefined && parametersJsonSchema !== undefined)
          throw new Error(`${where}: parameters and parameters_json_schema are exclusive.`);
        if (parameters !== undefined) checkSchema(parameters, `${where}.parameters`);
        if (parametersJsonSchema !== undefined) checkJsonSchema(name, parametersJsonSchema);
      }
    }
  },
  toError: (message) => ({ error: { code: 400, message, status: "INVALID_ARGUMENT" } }),
  /** The mock reads one form: schemas as `parameters`, and the results of one turn in one content. */
  forMock(body) {
    const { contents = [], tools } = body as { contents?: Content[]; tools?: Tool[] };
    return {
      ...body,
      contents: mergeResults(contents),
      ...(tools && { tools: tools.map(withParameters) }),
    };
  },
};

function withParameters({ functionDeclarations = [], ...tool }: Tool): Json {
  return {
    ...tool,
    functionDeclarations: functionDeclarations.map(({ parametersJsonSchema, ...declaration }) => ({
      ...declaration,
      ...(parametersJsonSchema && { parameters: parametersJsonSchema }),
    })),
  };
}

function mergeResults(contents: readonly Content[]): Content[] {
  const merged: { role: string; parts: Json[] }[] = [];
  for (const { role = "user", parts = [] } of contents) {
    const last = merged.at(-1);
    if (last !== undefined && isResult(parts[0]) && isResult(last.parts[0]))
      last.parts.push(...parts.map(withText));
    else merged.push({ role: role === "model" ? role : "user", parts: parts.map(withText) });
  }
  return merged;
}

const isResult = (part: Json | undefined): boolean => part?.["functionResponse"] !== undefined;

interface FunctionResponse {
  readonly response?: Json & { readonly error?: { readonly details?: unknown } };
}

/** In this protocol a result is an object: SDKs put a tool's text into one, each under another name. */
function withText(part: Json): Json {
  if (!isResult(part)) return part;
  const functionResponse = part["functionResponse"] as FunctionResponse;
  const { result, content, output, error } = functionResponse.response ?? {};
  const response = result ?? content ?? output ?? error?.details ?? functionResponse.response;
  return { ...part, functionResponse: { ...functionResponse, response } };
}
