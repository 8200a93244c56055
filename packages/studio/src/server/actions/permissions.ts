import { z } from "zod";
import { actAsSystem } from "./act.ts";
import type { Action } from "./action.ts";
import { body } from "./body-parts.ts";

const topics = z.union([z.literal("*"), body.names]).optional();
const flag = z.boolean().optional();

export const permissions: Action<"api/permissions"> = {
  body: z.strictObject({
    ...body.TENANT,
    agent: body.text,
    permissions: z
      .strictObject({ post: topics, subscribe: topics, global: flag, direct: flag })
      .nullable(),
  }),
  answer: (scope, { agent, permissions: given }) =>
    actAsSystem(scope, {
      action: "permissions",
      about: { agent },
      run: async () => {
        const { unsubscribed } = await scope.mesh.setPermissions(agent, given);
        return { topics: unsubscribed };
      },
    }),
};
