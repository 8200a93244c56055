import type { Play } from "./play.ts";

const INQUIRY = {
  key: "inquiry",
  value: '{"customer":"BigCo"}',
  topics: null,
  subscribers: null,
  global: true,
  ttl_hours: null,
  if_revision: null,
};

/**
 * The model of the READMEs: pushes an inquiry if it has a tool to write, reads it otherwise, and then reports the result.
 */
export const shareOrRead: Play = ({ tools, turns, results }) => {
  const nameOf = (tool: string) => [...tools.keys()].find((name) => name.endsWith(tool));
  const [push, get] = [nameOf("push_context"), nameOf("get_context")];
  const result = JSON.parse(results.at(-1) ?? "{}");
  if (turns.length > 0)
    return {
      text:
        result.revision === undefined
          ? JSON.stringify(result.context)
          : `Shared ${result.key} at revision ${result.revision}.`,
    };
  if (push !== undefined) return { calls: [{ name: push, arguments: INQUIRY }] };
  if (get !== undefined)
    return { calls: [{ name: get, arguments: { keys: ["inquiry"], prefix: null, page: null } }] };
  throw new Error("The program offers no tool of the mesh.");
};
