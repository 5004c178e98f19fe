// The bytes of a file, unpacked where it is gzip (known by its first bytes, not by its name), in chunks and with every
// fault of the file system told as an error that the operator can mend.
import { type FileHandle, open } from "node:fs/promises";
import { pipeline } from "node:stream";
import { createGunzip } from "node:zlib";
import { Consumer360Error } from "../../src/kernel/errors.ts";
import { fileError } from "./fileError.ts";

export type OpenBytes = {
  /** The file's size on disk. */
  readonly bytes: number;
  readonly compressed: boolean;
  /** The data; a chunk is valid until the next one is asked for. Ending the iteration closes the file. */
  readonly chunks: AsyncGenerator<Buffer, void>;
};

export type OpenBytesOptions = {
  /** How many bytes are read at a time. */
  readonly chunkBytes?: number;
  /** Gets the bytes as they are on disk. */
  readonly onBytes?: (chunk: Buffer) => void;
};

export async function openBytes(path: string, options: OpenBytesOptions = {}): Promise<OpenBytes> {
  const { chunkBytes = 256 * 1024, onBytes = () => {} } = options;
  const handle = await open(path, "r").catch((cause: unknown) => {
    throw fileError(path, cause);
  });
  try {
    const stats = await handle.stat();
    if (stats.isDirectory()) throw fileError(path, { code: "EISDIR" });
    if (!stats.isFile()) {
      throw new Consumer360Error("FILE_UNREADABLE", `${path} is not a regular file and cannot be read twice`, {
        remedy: "Save the data in a file first",
      });
    }
    if (stats.size === 0) {
      throw new Consumer360Error("FILE_EMPTY", `${path} is empty (0 bytes)`, { remedy: "Export the file again" });
    }
    const magic = Buffer.alloc(2);
    await handle.read(magic, 0, 2, 0);
    const compressed = magic[0] === 0x1f && magic[1] === 0x8b;
    const chunks = compressed
      ? unpack(path, handle, { chunkBytes, onBytes }, stats.size)
      : readPlain(path, handle, { chunkBytes, onBytes });
    return { bytes: stats.size, compressed, chunks };
  } catch (cause) {
    await handle.close();
    throw fileError(path, cause);
  }
}

/** Reads ahead by one chunk, into two buffers in turn. */
async function* readPlain(
  path: string,
  handle: FileHandle,
  { chunkBytes, onBytes }: Required<OpenBytesOptions>,
): AsyncGenerator<Buffer, void> {
  let spare = Buffer.allocUnsafe(chunkBytes);
  let pending = handle.read(Buffer.allocUnsafe(chunkBytes), 0, chunkBytes, null);
  try {
    for (;;) {
      const { bytesRead, buffer } = await pending;
      if (bytesRead === 0) return;
      pending = handle.read(spare, 0, chunkBytes, null);
      pending.catch(() => {}); // told when it is awaited
      spare = buffer;
      const chunk = buffer.subarray(0, bytesRead);
      onBytes(chunk);
      yield chunk;
    }
  } catch (cause) {
    throw fileError(path, cause);
  } finally {
    await pending.catch(() => {});
    await handle.close();
  }
}

async function* unpack(
  path: string,
  handle: FileHandle,
  { chunkBytes, onBytes }: Required<OpenBytesOptions>,
  size: number,
): AsyncGenerator<Buffer, void> {
  const gunzip = createGunzip({ chunkSize: Math.max(64, chunkBytes) });
  async function* packed(): AsyncGenerator<Buffer, void> {
    for (;;) {
      const { bytesRead, buffer } = await handle.read(Buffer.allocUnsafe(64 * 1024), 0, 64 * 1024, null);
      if (bytesRead === 0) return;
      const chunk = buffer.subarray(0, bytesRead);
      onBytes(chunk);
      yield chunk;
    }
  }
  const finished = new Promise<void>((resolve) => pipeline(packed(), gunzip, () => resolve()));
  try {
    for await (const chunk of gunzip) yield chunk;
    await refuseBehind(handle, gunzip.bytesWritten, size);
  } catch (cause) {
    throw fileError(path, cause);
  } finally {
    gunzip.destroy();
    await finished;
    await handle.close();
  }
}

/** gunzip stops at a zero byte behind its data: padding is fine, but more data there would be lost in silence. */
async function refuseBehind(handle: FileHandle, from: number, size: number): Promise<void> {
  const buffer = Buffer.allocUnsafe(64 * 1024);
  for (let at = from; at < size; ) {
    const { bytesRead } = await handle.read(buffer, 0, buffer.length, at);
    if (bytesRead === 0) return;
    if (buffer.subarray(0, bytesRead).some((byte) => byte !== 0)) {
      throw Object.assign(new Error("data behind the end"), { code: "Z_DATA_ERROR" });
    }
    at += bytesRead;
  }
}
