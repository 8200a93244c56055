import { checkJsonSchema, checkName } from "./json-schema.ts";
import type { Json, Vendor } from "./vendor.ts";

const NAME = /^[a-zA-Z0-9_-]{1,64}$/;
const FIELDS: readonly string[] = ["name", "description", "strict", "parameters"];

interface MistralTool {
  readonly type?: string;
  readonly function?: Json;
}

/** Chat completions in OpenAI's form. What the API does not know is an error, also inside of a tool. */
export const mistral: Vendor = {
  name: "mistral",
  path: /^\/mistral\/v1\/chat\/completions$/,
  check({ tools = [] }) {
    for (const [i, tool] of (tools as MistralTool[]).entries()) {
      const { function: called = {} } = tool;
      const extra = Object.keys(called).find((field) => !FIELDS.includes(field));
      if (extra !== undefined)
        throw new Error(`body.tools.${i}.function.${extra}: Extra inputs are not permitted`);
      const name = checkName(called["name"], NAME);
      checkJsonSchema(name, called["parameters"]);
    }
  },
  toError: (message) => ({ object: "error", message, type: "invalid_request_error" }),
  forMock: (body) => ({ ...body, stream: false }),
  /** The API streams each call in one piece. */
  toStream: (answer) => {
    const choices = (
      answer["choices"] as { index: number; message: Json; finish_reason: string }[]
    ).map(({ index, message, finish_reason }) => ({ index, delta: message, finish_reason }));
    const chunk = { ...answer, object: "chat.completion.chunk", choices };
    return `data: ${JSON.stringify(chunk)}\n\ndata: [DONE]\n\n`;
  },
};
