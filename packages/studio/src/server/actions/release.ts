import { z } from "zod";
import { actAsSystem } from "./act.ts";
import type { Action } from "./action.ts";
import { body } from "./body-parts.ts";

/** Only the system may end a lease that another holds. */
export const release: Action<"api/release"> = {
  body: z.strictObject({
    ...body.TENANT,
    key: body.text,
    agent: body.text.optional(),
    error: body.text.optional(),
  }),
  answer: (scope, { key, agent, error }) =>
    actAsSystem(scope, {
      action: "release",
      about: agent === undefined ? { key } : { key, agent },
      run: async () => {
        const released = await scope.mesh.system.release(key, { agent, error });
        return { agent: released.agent, attempt: released.attempt };
      },
    }),
};
