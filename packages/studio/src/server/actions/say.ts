import { z } from "zod";
import type { Action } from "./action.ts";
import { body } from "./body-parts.ts";
import { toAnswer } from "./push.ts";

/** A message to an agent: an item in its inbox, by the person. */
export const say: Action<"api/say"> = {
  body: z.strictObject({
    ...body.TENANT,
    agent: body.text,
    message: z.string().min(1).max(100_000),
  }),
  async answer({ mesh, person }, { agent, message }) {
    const key = `message:${crypto.randomUUID()}`;
    const pushed = await mesh.agent(person).push(key, { message }, { subscribers: [agent] });
    return { ...toAnswer(pushed), actor: person };
  },
};
