/** Splits the received bytes of PostgreSQL's protocol into messages. */
export class MessageReader {
  #bytes: Buffer = Buffer.alloc(0);

  add(bytes: Buffer): void {
    this.#bytes = Buffer.concat([this.#bytes, bytes]);
  }

  /** A client's first message, which has no type; undefined until it is complete. */
  first(): Buffer | undefined {
    if (this.#bytes.length < 4) return undefined;
    return this.#take(this.#bytes.readInt32BE(0));
  }

  /** The complete messages, each with its type and length. */
  messages(): Buffer[] {
    const found: Buffer[] = [];
    while (this.#bytes.length >= 5) {
      const message = this.#take(1 + this.#bytes.readInt32BE(1));
      if (message === undefined) break;
      found.push(message);
    }
    return found;
  }

  #take(length: number): Buffer | undefined {
    if (this.#bytes.length < length) return undefined;
    const taken = this.#bytes.subarray(0, length);
    this.#bytes = this.#bytes.subarray(length);
    return taken;
  }
}

export function toMessage(type: string, body: Buffer): Buffer {
  const head = Buffer.alloc(5);
  head.write(type, 0, "latin1");
  head.writeInt32BE(body.length + 4, 1);
  return Buffer.concat([head, body]);
}

export const typeOf = (message: Buffer): string => String.fromCharCode(message[0] as number);

/** Whether a client's first message starts a session; otherwise it requests encryption. */
export function isStart(message: Buffer): boolean {
  return message.readInt16BE(4) === 3;
}
