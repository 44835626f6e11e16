import { request, type IncomingHttpHeaders, type IncomingMessage, type ServerResponse } from "node:http";
import { Agent, createServer, request as secureRequest } from "node:https";
import type { AddressInfo, Socket } from "node:net";
import type { Certificate } from "./certificates";
import { base64, type KubeconfigCluster, type Target } from "./kubeconfig";

export type Handler = (asked: IncomingMessage, answer: ServerResponse) => void;

/** A TLS server on loopback that says what a test wants it to say. */
export class TlsServer {
  /** Method and path of each request, in order. */
  readonly requests: string[] = [];
  private readonly sockets = new Set<Socket>();

  private constructor(
    private readonly server: ReturnType<typeof createServer>,
    private readonly root: Certificate,
  ) {}

  static async start(
    identity: { root: Certificate; leaf: Certificate },
    handle: Handler,
  ): Promise<TlsServer> {
    const { certificate: cert, key } = identity.leaf;
    const server = createServer({ cert, key });
    const made = new TlsServer(server, identity.root);
    server.on("request", (asked: IncomingMessage, answer: ServerResponse) => {
      made.requests.push(`${asked.method} ${asked.url}`);
      handle(asked, answer);
    });
    // A client that leaves a refused handshake is no news.
    server.on("tlsClientError", () => undefined);
    server.on("connection", (socket: Socket) => {
      made.sockets.add(socket);
      socket.on("error", () => undefined);
      socket.once("close", () => made.sockets.delete(socket));
    });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    return made;
  }

  get cluster(): KubeconfigCluster {
    const { port } = this.server.address() as AddressInfo;
    return {
      server: `https://127.0.0.1:${port}`,
      "certificate-authority-data": base64(this.root.certificate),
    };
  }

  /** Ends every connection; new ones are taken. */
  cut(): void {
    for (const socket of this.sockets) socket.destroy();
  }

  async stop(): Promise<void> {
    const closed = new Promise((resolve) => this.server.close(resolve));
    this.cut();
    await closed;
  }
}

/** Passes requests on to an API server; `change` may drop or add headers on the way. */
export function forward(
  target: Target,
  change: (headers: IncomingHttpHeaders) => IncomingHttpHeaders = (headers) => headers,
): Handler {
  const { server, "certificate-authority-data": ca } = target.cluster;
  const agent = new Agent({ keepAlive: true, ca: Buffer.from(ca ?? "", "base64") });
  const send = server.startsWith("https:") ? secureRequest : request;
  return (asked, answer) => {
    const headers = change({ ...asked.headers, host: new URL(server).host });
    const sent = send(
      server + (asked.url ?? "/"),
      { method: asked.method ?? "GET", headers, agent },
      (got) => {
        answer.writeHead(got.statusCode ?? 502, got.headers);
        got.pipe(answer);
        got.once("error", () => answer.destroy());
      },
    );
    sent.once("error", () => answer.destroy());
    answer.once("close", () => sent.destroy());
    asked.pipe(sent);
  };
}

export const withoutImpersonation = (headers: IncomingHttpHeaders): IncomingHttpHeaders =>
  Object.fromEntries(Object.entries(headers).filter(([name]) => !name.startsWith("impersonate-")));
