import { createServer, type AddressInfo, type Server, type Socket } from "node:net";
import { Authority, type Certificate } from "./certificates";
import type { Folder } from "./folder";
import type { Target } from "./kubeconfig";
import { freePort } from "./ports";
import { forward, TlsServer, type Handler } from "./proxy";

/** API servers as they should not be. */
export class Hostile {
  private readonly stops: (() => Promise<void>)[] = [];
  private serial = 0;

  private constructor(
    private readonly authority: Authority,
    private readonly leaf: Certificate,
  ) {}

  static async make(folder: Folder): Promise<Hostile> {
    const authority = await Authority.make(folder);
    return new Hostile(authority, await authority.issue("leaf", { subject: "/CN=hostile" }));
  }

  /** Answers every request in the same way. */
  async answering(handle: Handler, leaf = this.leaf): Promise<[Target, TlsServer]> {
    const server = await TlsServer.start({ root: this.authority.root, leaf }, handle);
    this.stops.push(() => server.stop());
    this.serial += 1;
    return [{ name: `hostile-${this.serial}`, cluster: server.cluster, user: { token: "hostile" } }, server];
  }

  /** Nobody listens there. */
  async nobody(): Promise<Target> {
    return {
      name: "nobody",
      cluster: { server: `https://127.0.0.1:${await freePort()}` },
      user: { token: "x" },
    };
  }

  /** Takes connections and never says a word, not even of TLS. */
  async mute(): Promise<Target> {
    const sockets = new Set<Socket>();
    const server: Server = createServer((socket) => {
      sockets.add(socket);
      socket.on("error", () => undefined);
    });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    this.stops.push(async () => {
      for (const socket of sockets) socket.destroy();
      await new Promise((resolve) => server.close(resolve));
    });
    const { port } = server.address() as AddressInfo;
    return { name: "mute", cluster: { server: `https://127.0.0.1:${port}` }, user: { token: "x" } };
  }

  /** A certificate that ran out yesterday. */
  async expired(): Promise<Target> {
    const leaf = await this.authority.issue("expired", { subject: "/CN=expired", days: -1 });
    return (await this.answering((_, answer) => void answer.end("{}"), leaf))[0];
  }

  /** A certificate of an authority that the kubeconfig does not know. */
  async stranger(folder: Folder): Promise<Target> {
    const other = await Authority.make(folder);
    const [target] = await this.answering(
      (_, answer) => void answer.end("{}"),
      await other.issue("stranger", { subject: "/CN=stranger" }),
    );
    return target;
  }

  /** Passes on to a real one what `handle` does not answer itself. */
  async between(
    target: Target,
    handle: (...of: Parameters<Handler>) => boolean,
  ): Promise<[Target, TlsServer]> {
    const pass = forward(target);
    const [{ cluster }, server] = await this.answering((asked, answer) => {
      if (!handle(asked, answer)) pass(asked, answer);
    });
    return [{ ...target, cluster }, server];
  }

  async stop(): Promise<void> {
    await Promise.all(this.stops.map((stop) => stop()));
  }
}

export const json =
  (status: number, body: unknown): Handler =>
  (_, answer) => {
    answer.writeHead(status, { "content-type": "application/json" });
    answer.end(JSON.stringify(body));
  };

export const html =
  (status: number): Handler =>
  (_, answer) => {
    answer.writeHead(status, { "content-type": "text/html" });
    answer.end("<!doctype html><script>alert('login first')</script><h1>Sign in to the proxy</h1>");
  };

export const status = (code: number, reason: string, message: string) => ({
  ...{ kind: "Status", apiVersion: "v1", metadata: {}, status: "Failure", message, reason, code },
});
