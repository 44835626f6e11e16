import {
  createServer,
  request,
  type IncomingMessage,
  type OutgoingHttpHeaders,
  type ServerResponse,
} from "node:http";
import type { AddressInfo } from "node:net";

/** One call to AWS, as its protocol says it. */
export interface Asked {
  /** `iam:GetRole` */
  operation: string;
  service: string;
  /** Whose keys signed it. */
  account: string | null;
  region: string;
  /** Inputs of the query protocol. */
  inputs: URLSearchParams;
  path: string;
  /** When it was signed, by the signer's clock. */
  signedAt: number;
}

export interface Told {
  status: number;
  headers: OutgoingHttpHeaders;
  text: string;
}

/** What becomes of a call. `pass` asks the AWS behind, with the call signed at another time where that is given. */
export type Fault = (
  asked: Asked,
  pass: (signedAt?: number) => Promise<Told>,
) => Promise<Told | "cut" | "silence">;

/** An account that the AWS behind knows under other names. */
export interface Mirror {
  partition: string;
  account: string;
  region: string;
  of: { account: string; region: string };
}

type Which = string | ((asked: Asked) => boolean);

/** Stands before an AWS, and misbehaves as it is told while it runs. Signatures are the client's own, made with keys that nobody behind knows or checks. */
export class AwsRelay {
  /** Operations in the order they were asked. */
  readonly asked: string[] = [];
  private readonly faults = new Set<{ which: Which; fault: Fault }>();
  /** Session keys that were handed out, and for which account. */
  private readonly sessions = new Map<string, string>();

  private constructor(
    private readonly behind: string,
    private readonly mirrors: Mirror[],
    private readonly server: ReturnType<typeof createServer>,
  ) {}

  static async start(behind: string, mirrors: Mirror[] = []): Promise<AwsRelay> {
    const server = createServer();
    const relay = new AwsRelay(behind, mirrors, server);
    server.on("request", (asked: IncomingMessage, answer: ServerResponse) => {
      relay.answer(asked, answer).catch(() => answer.destroy());
    });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    return relay;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  /** Until what is returned is called. Of several faults for a call the last one counts. */
  misbehave(which: Which, fault: Fault): () => void {
    const one = { which, fault };
    this.faults.add(one);
    return () => void this.faults.delete(one);
  }

  times(operation: string): number {
    return this.asked.filter((one) => one === operation).length;
  }

  async stop(): Promise<void> {
    const closed = new Promise((resolve) => this.server.close(resolve));
    this.server.closeAllConnections();
    await closed;
  }

  private async answer(incoming: IncomingMessage, answer: ServerResponse): Promise<void> {
    incoming.setEncoding("utf8");
    let body = "";
    for await (const part of incoming) body += part as string;
    const asked = this.understand(incoming, body);
    this.asked.push(asked.operation);
    const pass = (signedAt?: number) => this.pass(incoming, body, asked, signedAt);
    const fault = [...this.faults].reverse().find(({ which }) => matches(which, asked))?.fault;
    const told = await (fault ? fault(asked, pass) : pass());
    if (told === "silence") return;
    if (told === "cut") {
      answer.writeHead(200, { "content-type": "text/xml", "content-length": "10000" });
      answer.write("<a>", () => answer.destroy());
      return;
    }
    const bytes = Buffer.from(told.text);
    answer.writeHead(told.status, { ...told.headers, "content-length": String(bytes.length) });
    answer.end(bytes);
  }

  private understand({ url = "/", headers }: IncomingMessage, body: string): Asked {
    const scope = /Credential=([^/]+)\/\d+\/([^/]+)\/([^/]+)\//.exec(headers.authorization ?? "");
    const [, key = "", region = "", service = "sts"] = scope ?? [];
    const inputs = new URLSearchParams(service === "eks" || service === "organizations" ? "" : body);
    const path = url.split("?")[0] ?? "/";
    const target = headers["x-amz-target"];
    const action =
      service === "eks"
        ? eksAction(path)
        : typeof target === "string"
          ? (target.split(".")[1] ?? "")
          : (inputs.get("Action") ?? "");
    return {
      operation: `${service}:${action}`,
      service,
      account: this.sessions.get(key) ?? /\d{12}$/.exec(key)?.[0] ?? null,
      region,
      inputs,
      path,
      signedAt: instant(String(headers["x-amz-date"] ?? "")),
    };
  }

  private async pass(
    incoming: IncomingMessage,
    body: string,
    asked: Asked,
    signedAt?: number,
  ): Promise<Told> {
    const mirror = this.mirrors.find(({ account }) => account === asked.account);
    const there = (text: string) => (mirror ? towards(mirror, text) : text);
    const url = new URL(there(incoming.url ?? "/"), this.behind);
    const sent = Buffer.from(there(body));
    const headers: OutgoingHttpHeaders = {
      ...incoming.headers,
      host: url.host,
      "content-length": String(sent.length),
    };
    if (incoming.headers.authorization) headers["authorization"] = there(incoming.headers.authorization);
    if (signedAt !== undefined) headers["x-amz-date"] = stamp(signedAt);
    const told = await new Promise<Told>((resolve, reject) => {
      const passed = request(url, { method: incoming.method, headers }, (reply) => {
        reply.setEncoding("utf8");
        let text = "";
        reply.on("data", (part: string) => (text += part));
        reply.once("error", reject);
        reply.once("end", () =>
          resolve({
            status: reply.statusCode ?? 502,
            headers: reply.headers,
            text: mirror ? back(mirror, text) : text,
          }),
        );
      });
      passed.once("error", reject);
      passed.end(sent);
    });
    const key = /<AccessKeyId>([^<]+)/.exec(told.text)?.[1];
    const account = /^arn:[^:]+:iam::(\d{12}):/.exec(asked.inputs.get("RoleArn") ?? "")?.[1];
    if (key && account) this.sessions.set(key, account);
    return told;
  }
}

const matches = (which: Which, asked: Asked) =>
  typeof which === "string"
    ? which.endsWith("*")
      ? asked.operation.startsWith(which.slice(0, -1))
      : asked.operation === which
    : which(asked);

/** Only reads: nothing else is ever asked. */
function eksAction(path: string): string {
  const [, , list, one, more] = path.split("/").filter(Boolean);
  if (list === undefined) return "DescribeCluster";
  if (list === "access-entries")
    return one === undefined
      ? "ListAccessEntries"
      : more === undefined
        ? "DescribeAccessEntry"
        : "ListAssociatedAccessPolicies";
  return one === undefined ? "ListPodIdentityAssociations" : "DescribePodIdentityAssociation";
}

/** How the AWS behind writes what the client knows in a mirror: the first of these that fits counts. */
function names({ partition, account, region, of }: Mirror): [mine: string, theirs: string][] {
  const suffix = partition === "aws-cn" ? ".cn" : "";
  return [
    [`oidc.eks.${region}.amazonaws.com${suffix}`, `oidc.eks.${of.region}.amazonaws.com`],
    [`arn:${partition}:`, "arn:aws:"],
    // In paths, forms and documents colons are escaped.
    [`arn%3A${partition}%3A`, "arn%3Aaws%3A"],
    [account, of.account],
    [region, of.region],
  ];
}

const towards = (mirror: Mirror, text: string) =>
  names(mirror).reduce((all, [mine, theirs]) => all.replaceAll(mine, theirs), text);

const back = (mirror: Mirror, text: string) =>
  names(mirror).reduce((all, [mine, theirs]) => all.replaceAll(theirs, mine), text);

/** `20261126T184212Z` */
const stamp = (at: number) => new Date(at).toISOString().replaceAll(/[-:]|\.\d+/g, "");

const instant = (text: string) =>
  Date.parse(text.replace(/^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/, "$1-$2-$3T$4:$5:$6Z"));

/** A refusal in the form of the service that is asked. */
export function refusal({ service }: Asked, status: number, code: string, message: string): Told {
  const escaped = message.replaceAll("&", "&amp;").replaceAll("<", "&lt;");
  if (service === "eks" || service === "organizations")
    return {
      status,
      headers: { "content-type": "application/json", "x-amzn-errortype": code },
      text: JSON.stringify({ __type: code, message }),
    };
  const error = `<Error><Code>${code}</Code><Message>${escaped}</Message></Error>`;
  const text =
    service === "ec2"
      ? `<Response><Errors>${error}</Errors><RequestID>r</RequestID></Response>`
      : `<ErrorResponse>${error}<RequestId>r</RequestId></ErrorResponse>`;
  return { status, headers: { "content-type": "text/xml" }, text };
}

const isJson = ({ service }: Asked) => service === "eks" || service === "organizations";

/** What can go wrong, by name. */
export const FAULTS = {
  throttled: (asked) =>
    Promise.resolve(
      refusal(asked, 400, isJson(asked) ? "ThrottlingException" : "Throttling", "Rate exceeded"),
    ),
  broken: (asked) =>
    Promise.resolve(
      refusal(asked, 500, isJson(asked) ? "InternalServerException" : "ServiceFailure", "no luck"),
    ),
  page: () =>
    Promise.resolve({
      status: 404,
      headers: { "content-type": "text/html" },
      text: "<!doctype html><html><body><h1>Not Found</h1></body></html>",
    }),
  cut: () => Promise.resolve("cut"),
  silent: () => Promise.resolve("silence"),
  truncated: async (_, pass) => {
    const told = await pass();
    return { ...told, text: told.text.slice(0, told.text.length / 2) };
  },
} satisfies Record<string, Fault>;

/** Refuses with the words that AWS has for it. */
export const denied =
  (principal: string, resource: string): Fault =>
  (asked) =>
    Promise.resolve(
      refusal(
        asked,
        403,
        isJson(asked)
          ? "AccessDeniedException"
          : asked.service === "ec2"
            ? "UnauthorizedOperation"
            : "AccessDenied",
        `User: ${principal} is not authorized to perform: ${asked.operation} on resource: ${resource} ` +
          `because no identity-based policy allows the ${asked.operation} action`,
      ),
    );

/** The first call only; the next ones are answered. */
export function once(fault: Fault): Fault {
  let done = false;
  return (asked, pass) => {
    if (done) return pass();
    done = true;
    return fault(asked, pass);
  };
}

/** Changes what is answered. */
export const edited =
  (edit: (text: string) => string): Fault =>
  async (_, pass) => {
    const told = await pass();
    return { ...told, text: edit(told.text) };
  };

/** A clock that is ahead by so many seconds, and believes no signature that is five minutes from it. */
export const ahead =
  (seconds: number): Fault =>
  async (asked, pass) => {
    const now = Date.now() + seconds * 1_000;
    if (Math.abs(now - asked.signedAt) <= 300_000) {
      const told = await pass(Date.now());
      return { ...told, headers: { ...told.headers, date: new Date(now).toUTCString() } };
    }
    const signed = stamp(asked.signedAt);
    const told = refusal(
      asked,
      403,
      isJson(asked) ? "InvalidSignatureException" : "SignatureDoesNotMatch",
      seconds > 0
        ? `Signature expired: ${signed} is now earlier than ${stamp(now - 300_000)} (${stamp(now)} - 5 min.)`
        : `Signature not yet current: ${signed} is still later than ${stamp(now + 300_000)} (${stamp(now)} + 5 min.)`,
    );
    return { ...told, headers: { ...told.headers, date: new Date(now).toUTCString() } };
  };

/** IAM's answer about an account, with another document as an inline policy of a role. */
export const withInline = (role: string, policy: string, document: string) => (xml: string) => {
  const ofRole = new RegExp(`:role/${role}</Arn>.*?</RolePolicyList>`, "s");
  const place = new RegExp(`(<PolicyDocument>)[^<]*(</PolicyDocument><PolicyName>${policy}</PolicyName>)`);
  return xml.replace(ofRole, (told) =>
    told.replace(place, (_, before: string, after: string) => before + encodeURIComponent(document) + after),
  );
};

/** The same with another trust policy. */
export const withTrust = (role: string, document: string) => (xml: string) =>
  xml.replace(
    new RegExp(`(:role/${role}</Arn><AssumeRolePolicyDocument>)[^<]*`),
    (_, before: string) => before + encodeURIComponent(document),
  );
