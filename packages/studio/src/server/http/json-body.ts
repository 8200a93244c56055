import { StudioError } from "./studio-error.ts";

/** Bytes of a body. A value is at most 256 KiB unless the mesh allows more. */
const MAX_BYTES = 4_194_304;

/** @throws BAD_REQUEST for anything but JSON; TOO_LARGE */
export async function readJson(request: Request): Promise<unknown> {
  const type = request.headers.get("content-type") ?? "";
  if (!/^application\/json\s*(;|$)/i.test(type))
    throw new StudioError(
      "BAD_REQUEST",
      "The content type must be application/json.",
      "Send the body as JSON.",
    );
  const text = await readText(request);
  try {
    return JSON.parse(text) as unknown;
  } catch {
    throw new StudioError("BAD_REQUEST", "The body is not valid JSON.", "Send a JSON object.");
  }
}

async function readText({ body }: Request): Promise<string> {
  if (body === null) return "";
  const decoder = new TextDecoder();
  let [text, bytes] = ["", 0];
  for await (const chunk of body as AsyncIterable<Uint8Array>) {
    bytes += chunk.length;
    if (bytes > MAX_BYTES)
      throw new StudioError(
        "TOO_LARGE",
        `A body has at most ${MAX_BYTES} bytes.`,
        "Write less at once.",
      );
    text += decoder.decode(chunk, { stream: true });
  }
  return text + decoder.decode();
}
