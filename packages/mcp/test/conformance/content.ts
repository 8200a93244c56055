import type { ContentBlock, ResourceContents } from "@modelcontextprotocol/server";

/** One red pixel. */
export const PNG =
  "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mP8z8DwHwAFBQIAX8jx0gAAAABJRU5ErkJggg==";
/** A WAVE file without samples. */
const WAV = "UklGRiQAAABXQVZFZm10IBAAAAABAAEAQB8AAEAfAAABAAgAZGF0YQAAAAA=";

export const image: ContentBlock = { type: "image", data: PNG, mimeType: "image/png" };
export const audio: ContentBlock = { type: "audio", data: WAV, mimeType: "audio/wav" };

export const text = (text: string): ContentBlock => ({ type: "text", text });

export function resource(uri: string, mimeType: string, text: string): ContentBlock {
  return {
    type: "resource",
    resource: { uri, mimeType, text } as ResourceContents & { text: string },
  };
}
