// Hears of each publish in the moment it is committed, on a connection of its own. Nothing rests on it alone: a notice can be lost, and a
// standby or a pooler gives none, so that whoever listens also looks from time to time.
import pg from "pg";

/** On which a publish is announced. Anybody who may connect can announce one: it says that it is time to look, and nothing else. */
export const publishChannel = "consumer360_published";

export type Listening = Readonly<{ close(): Promise<void> }>;

/** Milliseconds before a connection that is lost, or that cannot listen, is tried again. */
const pause = 2000;

/** `onPublish` is also called each time that listening begins: what was announced before that was not heard. Never throws. */
export function listenForPublish(url: string, onPublish: () => void): Listening {
  let client: pg.Client | undefined;
  let timer: NodeJS.Timeout | undefined;
  let isClosed = false;

  async function listen(): Promise<void> {
    const listener = new pg.Client({
      connectionString: url,
      application_name: "consumer360-listen",
      connectionTimeoutMillis: 10_000,
      keepAlive: true,
    });
    client = listener;
    const ended = new Promise<void>((resolve) => listener.once("end", resolve).once("error", () => resolve()));
    listener.on("error", () => {});
    listener.on("notification", onPublish);
    try {
      await listener.connect();
      await listener.query(`LISTEN ${publishChannel}`);
      onPublish();
      await ended;
    } catch {
      // tried again below
    } finally {
      await listener.end().catch(() => undefined);
    }
    if (!isClosed) timer = setTimeout(() => void listen(), pause).unref();
  }
  void listen();

  return Object.freeze({
    async close() {
      isClosed = true;
      clearTimeout(timer);
      await client?.end().catch(() => undefined);
    },
  });
}
