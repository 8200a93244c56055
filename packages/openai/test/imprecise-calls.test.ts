import {
  argumentsOf,
  situation,
  SLOPPY_CALLS,
  withoutChance,
} from "@syntha/testing-model-server/sloppy";
import { playModel } from "@syntha/testing-model-server/vitest";
import OpenAI from "openai";
import { expect, it } from "vitest";
import { answerChat, chatTools } from "../src/index.ts";

it("passes the handler's answers to imprecise calls unchanged", async () => {
  const written: string[] = [];
  const server = await playModel(({ asked, turns, results }) =>
    turns.length === 0
      ? {
          calls: [
            {
              name: SLOPPY_CALLS[Number(asked)]?.tool ?? "",
              arguments: written[Number(asked)],
            },
          ],
        }
      : { text: results.join() },
  );
  const client = new OpenAI({ baseURL: server.openaiUrl, apiKey: "any", maxRetries: 0 });
  for (const [i, { tool, args }] of SLOPPY_CALLS.entries()) {
    const [here, there] = [await situation(), await situation()];
    const given = argumentsOf(args, here);
    written[i] = typeof given === "string" ? given : JSON.stringify(given);
    const params = { model: "played", tools: chatTools(here.handler) };
    const messages: OpenAI.ChatCompletionMessageParam[] = [{ role: "user", content: String(i) }];
    const { choices } = await client.chat.completions.create({ ...params, messages });
    const [{ message } = undefined as never] = choices;
    messages.push(message, ...(await answerChat(here.handler, message)));
    const said = await client.chat.completions.create({ ...params, messages });
    const received = JSON.parse(said.choices[0]?.message.content ?? "");
    const answer = await there.handler.handleToolCall(tool as string, argumentsOf(args, there));
    expect(withoutChance(received)).toEqual(withoutChance(answer));
    await Promise.all([here.mesh.close(), there.mesh.close()]);
  }
});
