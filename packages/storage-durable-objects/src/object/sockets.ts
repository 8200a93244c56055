import { PING, PONG } from "../protocol/watch.ts";
import type { ObjectContext, ServerSocket } from "./runtime.ts";

/** Globals of the runtime. */
const { WebSocketPair, WebSocketRequestResponsePair } = globalThis as unknown as {
  readonly WebSocketPair: new () => { readonly 0: object; readonly 1: ServerSocket };
  readonly WebSocketRequestResponsePair: new (request: string, response: string) => object;
};

/** Close codes that an endpoint may send: 1005 and 1006 only describe how a connection ended. */
const NORMAL = 1000;

/** Lets the runtime answer pings without waking the object. */
export function answerPings(context: ObjectContext): void {
  context.setWebSocketAutoResponse(new WebSocketRequestResponsePair(PING, PONG));
}

/** Accepts a WebSocket that hibernates with the object. */
export function upgrade(context: ObjectContext, request: Request): Response {
  if (request.headers.get("Upgrade")?.toLowerCase() !== "websocket")
    return new Response("This address accepts WebSockets only.", { status: 426 });
  const { 0: client, 1: server } = new WebSocketPair();
  context.acceptWebSocket(server);
  return new Response(null, { status: 101, webSocket: client } as ResponseInit);
}

/** Answers the close of the other end, which may have happened already. */
export function closeSocket(socket: ServerSocket): void {
  try {
    socket.close(NORMAL);
  } catch {
    // The runtime has answered it.
  }
}
