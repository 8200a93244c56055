import {
  argumentsOf,
  createFixture,
  IMPRECISE_CALLS,
  withoutRandomIds,
} from "@syntha/testing-model-server/imprecise";
import { playModel } from "@syntha/testing-model-server/vitest";
import OpenAI from "openai";
import { expect, it } from "vitest";
import { answerChat, chatTools } from "../src/index.ts";

/** The handler itself is tested with all of them. */
const EVERY = process.env["SYNTHA_TESTS"] === "full" ? 1 : 5;

it("passes the handler's answers to imprecise calls unchanged", async () => {
  const written: string[] = [];
  const server = await playModel(({ asked, turns, results }) =>
    turns.length === 0
      ? {
          calls: [
            { name: IMPRECISE_CALLS[Number(asked)]?.tool ?? "", arguments: written[Number(asked)] },
          ],
        }
      : { text: results.join() },
  );
  const client = new OpenAI({ baseURL: server.openaiUrl, apiKey: "any", maxRetries: 0 });
  for (const [i, { tool, args }] of IMPRECISE_CALLS.entries()) {
    if (i % EVERY !== 0) continue;
    const [here, there] = [await createFixture(), await createFixture()];
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
    expect(withoutRandomIds(received)).toEqual(withoutRandomIds(answer));
    await Promise.all([here.mesh.close(), there.mesh.close()]);
  }
});
