import { z } from "zod";
import { actAsSystem } from "./act.ts";
import type { Action } from "./action.ts";
import { body } from "./body-parts.ts";
import { toAnswer } from "./push.ts";

/** Histories are the system's. */
export const restore: Action<"api/restore"> = {
  body: z.strictObject({ ...body.TENANT, key: body.text, revision: body.revision }),
  answer: (scope, { key, revision }) =>
    actAsSystem(scope, {
      action: "restore",
      about: { key, revision },
      run: async () => toAnswer(await scope.mesh.system.restore(key, revision)),
    }),
};
