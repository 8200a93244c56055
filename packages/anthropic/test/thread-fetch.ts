import type Anthropic from "@anthropic-ai/sdk";

interface Body extends Anthropic.MessageCreateParamsNonStreaming {
  thread?: { type: "create" } | { type: "continue"; previous_message_id: string };
}

/** A `fetch` that stores conversations as the API does for threads, whose requests contain only new messages. */
export function threadFetch(): typeof fetch {
  const stored = new Map<string, Body>();
  return async (url, init) => {
    const { thread, ...body } = JSON.parse(init?.body as string) as Body;
    const before = thread?.type === "continue" ? stored.get(thread.previous_message_id) : undefined;
    if (thread?.type === "continue" && before === undefined) throw new Error("No such thread.");
    const messages = [...(before?.messages ?? []), ...body.messages];
    const complete = { ...before, ...body, messages };
    const response = await fetch(url, { ...init, body: JSON.stringify(complete) });
    const reply = (await response.clone().json()) as Anthropic.Message;
    const { id, content } = reply;
    stored.set(id, { ...complete, messages: [...messages, { role: "assistant", content }] });
    return response;
  };
}
