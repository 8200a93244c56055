/** A message of an event stream. */
export interface ServerSent {
  readonly event: string;
  readonly data: unknown;
  /** Send it as `Last-Event-ID` to resume after this message. */
  readonly id: string;
}

/** Reads the messages of an event stream; leaving the loop closes it. */
export async function* readMessages(response: Response): AsyncGenerator<ServerSent, void> {
  let text = "";
  for await (const piece of response.body?.pipeThrough(new TextDecoderStream()) ?? []) {
    text += piece;
    for (let end = text.indexOf("\n\n"); end >= 0; end = text.indexOf("\n\n")) {
      const sent = toServerSent(text.slice(0, end));
      text = text.slice(end + 2);
      if (sent !== undefined) yield sent;
    }
  }
}

/** Undefined for a message without data, which only updates the position. */
function toServerSent(lines: string): ServerSent | undefined {
  const fields = Object.fromEntries(
    lines.split("\n").map((line) => {
      const colon = line.indexOf(":");
      return [line.slice(0, colon), line.slice(colon + 1).trimStart()];
    }),
  );
  const { event = "message", data, id = "" } = fields;
  return data === undefined ? undefined : { event, data: JSON.parse(data), id };
}
