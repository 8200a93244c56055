import { ContextMesh } from "@syntha/core";
import { ToolHandler } from "@syntha/tools";
import OpenAI from "openai";
import { standardFunction } from "openai/helpers/standard-schema";
import { zodFunction } from "openai/helpers/zod";
import { toResponseInputItems } from "openai/lib/responses/ResponseInputItems";
import * as z from "zod";
import { answerResponse, customTools, responseTools, runnableTools } from "../src/index.ts";

const client = new OpenAI();
const handler = new ToolHandler(new ContextMesh().agent("A"));
const model = "gpt";

// Features that the oldest SDK of the peer range lacks: zod 4, contexts, histories of items.
const Add = z.object({ a: z.number() });
const add = ({ a }: z.output<typeof Add>) => a;
const zod = zodFunction({ name: "add", parameters: Add, function: add });
const standard = standardFunction({ name: "add", parameters: Add, function: add });
const meshTools = runnableTools(handler);
client.chat.completions.runTools({ model, messages: [], tools: [...meshTools, zod, standard] });
client.chat.completions.runTools({
  model,
  messages: [],
  tools: meshTools,
  toolContext: { user: "u" },
});
customTools([zod, standard]);
const response = await client.responses.create({ model, tools: responseTools(handler) });
const answers = await answerResponse(handler, response);
const input = [...toResponseInputItems(response.output), ...answers];
await client.responses.create({ model, input });
