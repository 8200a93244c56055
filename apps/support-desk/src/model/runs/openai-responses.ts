import { answerResponse, responseTools } from "@syntha/openai";
import type {
  ResponseCreateParamsNonStreaming,
  ResponseInputItem,
} from "openai/resources/responses/responses";

import type { Connection } from "../connection.ts";
import type { ModelRun } from "../model-run.ts";
import { openaiClient } from "./openai-client.ts";

/** By OpenAI's Responses. */
export function openaiResponses(connection: Connection): ModelRun {
  return async ({ system, prompt, handler, tool, isOver, mostTurns, signal, fetch }) => {
    const client = openaiClient(connection, fetch);
    const { name, description, parameters, take } = tool;
    const input: ResponseInputItem[] = [{ role: "user", content: prompt }];
    const asked: Omit<ResponseCreateParamsNonStreaming, "stream"> = {
      model: connection.model,
      instructions: system,
      input,
      tools: [
        ...responseTools(handler),
        { type: "function", name, description, parameters, strict: true },
      ],
    };
    let said = "";
    for (let turn = 0; turn < mostTurns && !isOver(); turn++) {
      const response = connection.stream
        ? await client.responses.stream(asked, { signal }).finalResponse()
        : await client.responses.create(asked, { signal });
      input.push(...(response.output as ResponseInputItem[]));
      said = response.output_text || said;
      const answers = await answerResponse(handler, response, {
        customTools: { [name]: take },
        signal,
      });
      if (answers.length === 0) break;
      input.push(...answers);
    }
    return said;
  };
}
