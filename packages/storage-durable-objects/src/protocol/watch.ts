/** What a watch's socket sends to find out whether the connection is alive, and the answer. */
export const PING = "ping";
export const PONG = "pong";

/** What the object sends after a commit. */
export const COMMITTED = "committed";
