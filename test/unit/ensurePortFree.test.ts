// A taken port is found before anything else is started.
import { once } from "node:events";
import { type AddressInfo, createServer } from "node:net";
import { expect, test } from "vitest";
import { ensurePortFree } from "../../src/server/ensurePortFree.ts";

test("a taken port is named, with the way out; once free, it is free", async () => {
  const other = createServer().listen(0, "127.0.0.1");
  await once(other, "listening");
  const { port } = other.address() as AddressInfo;
  await expect(ensurePortFree({ host: "127.0.0.1", port })).rejects.toMatchObject({
    code: "PORT_TAKEN",
    message: `Port ${port} on 127.0.0.1 is in use by another program.`,
    remedy: expect.stringContaining(`--port ${port + 1}`),
  });
  other.close();
  await once(other, "close");
  await ensurePortFree({ host: "127.0.0.1", port });
  await ensurePortFree({ host: "127.0.0.1", port });
});

test("any free port is free", async () => {
  await ensurePortFree({ host: "127.0.0.1", port: 0 });
});

test("an address of another machine is a fault of HOST", async () => {
  await expect(ensurePortFree({ host: "192.0.2.1", port: 4000 })).rejects.toMatchObject({
    code: "CONFIG_INVALID",
    remedy: expect.stringContaining("HOST"),
  });
});
