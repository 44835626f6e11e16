import { Agent, request } from "node:https";
import type { Target } from "./kubeconfig";

/** A Kubernetes object, as far as tests look into it. */
export interface KubeObject {
  apiVersion?: string;
  kind?: string;
  metadata: {
    name: string;
    namespace?: string;
    uid?: string;
    resourceVersion?: string;
    labels?: Record<string, string>;
    annotations?: Record<string, string>;
    [field: string]: unknown;
  };
  [field: string]: unknown;
}

export interface KubeList {
  items: KubeObject[];
  metadata: { resourceVersion?: string };
}

export interface Person {
  user: string;
  groups: string[];
}

export interface Answer {
  status: number;
  body: unknown;
}

const decode = (data: string | undefined) => (data ? Buffer.from(data, "base64") : undefined);

/** The API server, spoken to without any client library: what it says is the truth that Periscope is compared with. */
export class Kube {
  private readonly agent: Agent;

  constructor(
    readonly target: Target,
    private readonly person: Person | null = null,
    agent?: Agent,
  ) {
    const { cluster, user } = target;
    this.agent =
      agent ??
      new Agent({
        keepAlive: true,
        maxSockets: 16,
        ca: decode(cluster["certificate-authority-data"]),
        cert: decode(user["client-certificate-data"]),
        key: decode(user["client-key-data"]),
        rejectUnauthorized: !cluster["insecure-skip-tls-verify"],
      });
  }

  /** The same connection, impersonating. */
  as(person: Person): Kube {
    return new Kube(this.target, person, this.agent);
  }

  close(): void {
    this.agent.destroy();
  }

  send(method: string, path: string, body?: unknown, contentType = "application/json"): Promise<Answer> {
    const headers: Record<string, string | string[]> = { accept: "application/json" };
    if (this.target.user.token) headers["authorization"] = `Bearer ${this.target.user.token}`;
    if (this.person) {
      headers["impersonate-user"] = this.person.user;
      if (this.person.groups.length > 0) headers["impersonate-group"] = this.person.groups;
    }
    const payload = body === undefined ? undefined : JSON.stringify(body);
    if (payload !== undefined) {
      headers["content-type"] = contentType;
      // Node sends the body of a DELETE without its length otherwise, and the next request looks like part of it.
      headers["content-length"] = String(Buffer.byteLength(payload));
    }
    return new Promise((resolve, reject) => {
      const sent = request(
        `${this.target.cluster.server}${path}`,
        { method, headers, agent: this.agent, timeout: 30_000 },
        (response) => {
          const chunks: Buffer[] = [];
          response.on("data", (chunk: Buffer) => chunks.push(chunk));
          response.once("error", reject);
          response.once("end", () => {
            const text = Buffer.concat(chunks).toString();
            let parsed: unknown = text;
            try {
              parsed = JSON.parse(text);
            } catch {
              // Health checks answer in plain text.
            }
            resolve({ status: response.statusCode ?? 0, body: parsed });
          });
        },
      );
      sent.once("timeout", () => sent.destroy(new Error(`${method} ${path} was not answered within 30 s`)));
      sent.once("error", reject);
      sent.end(payload);
    });
  }

  /** Like `send`, but anything but success is an error. */
  async must<T = KubeObject>(method: string, path: string, body?: unknown, contentType?: string): Promise<T> {
    const answer = await this.send(method, path, body, contentType);
    if (answer.status >= 300)
      throw new Error(`${method} ${path} was answered ${answer.status}: ${JSON.stringify(answer.body)}`);
    return answer.body as T;
  }

  get<T = KubeObject>(path: string): Promise<T> {
    return this.must<T>("GET", path);
  }

  async list(path: string): Promise<KubeObject[]> {
    return (await this.must<KubeList>("GET", path)).items;
  }

  create(path: string, body: unknown): Promise<KubeObject> {
    return this.must("POST", path, body);
  }

  /** A JSON merge patch. */
  merge(path: string, patch: unknown): Promise<KubeObject> {
    return this.must("PATCH", path, patch, "application/merge-patch+json");
  }

  /** Server-side apply: creates or changes. */
  apply(path: string, body: unknown): Promise<KubeObject> {
    return this.must("PATCH", `${path}?fieldManager=e2e&force=true`, body, "application/apply-patch+yaml");
  }

  async remove(path: string): Promise<void> {
    const answer = await this.send("DELETE", path, {});
    if (answer.status >= 300 && answer.status !== 404)
      throw new Error(`DELETE ${path} was answered ${answer.status}: ${JSON.stringify(answer.body)}`);
  }
}
