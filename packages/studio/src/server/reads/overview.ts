import { z } from "zod";
import type { Problems } from "../../api/index.ts";
import { itemPage } from "../mesh/item-page.ts";
import { sampleItems } from "../mesh/item-sample.ts";
import { KnownAgents } from "../mesh/known-agents.ts";
import type { Moment } from "../mesh/moment.ts";
import { findTopicsWithoutSubscribers, findUnknownRecipients } from "../mesh/problems.ts";
import { parts } from "./query-parts.ts";
import type { MeshRead } from "./read.ts";

const MAX_FAILED = 100;

export const overview: MeshRead<"api/overview"> = {
  query: z.strictObject(parts.MOMENT),
  async answer({ mesh, moment }) {
    const stats = await moment.stats();
    const { revision: head, floor, expired } = stats;
    const { tenant: limits } = mesh.limits;
    return { stats, limits, head, floor, problems: { ...(await findProblems(moment)), expired } };
  },
};

async function findProblems(moment: Moment): Promise<Omit<Problems, "expired">> {
  const withoutSubscribers = await findTopicsWithoutSubscribers(moment);
  const sample = await sampleItems(moment, {});
  const failed = await itemPage(moment.system, { state: "failed", limit: MAX_FAILED });
  return {
    topicsWithoutSubscribers: withoutSubscribers.topics,
    unknownRecipients: await findUnknownRecipients(sample, await KnownAgents.read(moment)),
    failedTasks: failed.items,
    isPartial:
      !withoutSubscribers.isComplete || !sample.isComplete || failed.nextPage !== undefined,
  };
}
