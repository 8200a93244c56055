import { SynthaError } from "@syntha/core";
import { z } from "zod";
import { act } from "./act.ts";
import type { Action } from "./action.ts";
import { body } from "./body-parts.ts";

export const deleteItem: Action<"api/delete"> = {
  body: z.strictObject({ ...body.TENANT, key: body.text }),
  async answer(scope, { key }) {
    if ((await scope.mesh.system.explain(key)).visible === false)
      return { deleted: false, actor: scope.person };
    return act(scope, {
      action: "delete",
      about: { key },
      run: async (actor) => {
        const deleted = await actor.delete(key);
        // To an agent that does not see the item, it does not exist: the system has to delete it.
        if (!deleted && !actor.isSystem) throw new SynthaError("NOT_FOUND", `No item "${key}".`);
        return { deleted };
      },
    });
  },
};
