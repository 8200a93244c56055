import type Anthropic from "@anthropic-ai/sdk";

interface Body extends Anthropic.MessageCreateParamsNonStreaming {
  thread?: { type: "create" } | { type: "continue"; previous_message_id: string };
}

/** Holds conversations as the API does for the tool runner, which then sends only what is new. */
export function keepingThreads(): typeof fetch {
  const kept = new Map<string, Body>();
  return async (url, init) => {
    const { thread, ...body } = JSON.parse(init?.body as string) as Body;
    const before = thread?.type === "continue" ? kept.get(thread.previous_message_id) : undefined;
    if (thread?.type === "continue" && before === undefined) throw new Error("No such thread.");
    const messages = [...(before?.messages ?? []), ...body.messages];
    const whole = { ...before, ...body, messages };
    const response = await fetch(url, { ...init, body: JSON.stringify(whole) });
    const reply = (await response.clone().json()) as Anthropic.Message;
    const { id, content } = reply;
    kept.set(id, { ...whole, messages: [...messages, { role: "assistant", content }] });
    return response;
  };
}
