import { fileURLToPath } from "node:url";
import { Daemon } from "./daemon";
import { Folder } from "./folder";

/** What a provider tells of somebody; `groups` left out is a provider that does not tell them. */
export interface Told {
  email?: string;
  email_verified?: boolean;
  name?: string;
  groups?: string[] | string;
}

export type People = Record<string, Told>;

interface Control {
  people?: People;
  /** Seconds that its clock is ahead. */
  ahead?: number;
  down?: boolean;
  refuseRefresh?: boolean;
  /** New keys; those before are gone. */
  rotate?: true;
}

const SERVER = fileURLToPath(new URL("../tools/idp/server.mjs", import.meta.url));
/** For whom bearer tokens are. */
export const AUDIENCE = "periscope-api";
const SECRET = "a secret that is long enough for everybody";

/** A certified OpenID provider (npm `oidc-provider`) with one client: Periscope at `url`. */
export class Idp {
  private constructor(
    readonly id: string,
    private readonly folder: Folder,
    private readonly daemon: Daemon,
    readonly issuer: string,
  ) {}

  /**
   * `url` is the Periscope that it signs people in to. With `userinfo`, who somebody is stands in that answer alone,
   * signed with this algorithm.
   */
  static async start(id: string, url: string, people: People, userinfo?: "RS256"): Promise<Idp> {
    const folder = await Folder.make(`idp-${id}`);
    const client = {
      client_id: "periscope",
      client_secret: SECRET,
      redirect_uris: [`${url}/api/auth/callback/${id}`],
      grant_types: ["authorization_code", "refresh_token"],
      response_types: ["code"],
      scope: "openid email profile groups offline_access",
      ...(userinfo ? { userinfo_signed_response_alg: userinfo } : {}),
    };
    const conform = userinfo !== undefined;
    const daemon = new Daemon({
      command: process.execPath,
      args: [SERVER, JSON.stringify({ name: id, people, audience: AUDIENCE, clients: [client], conform })],
      log: folder.at("idp.log"),
    });
    const [, issuer = ""] = await daemon.line(/^listening on (http:\S+)$/m);
    return new Idp(id, folder, daemon, issuer);
  }

  /** How Periscope is told of it. */
  async settings(folder: Folder, more: Record<string, unknown> = {}): Promise<Record<string, unknown>> {
    return {
      id: this.id,
      name: `The ${this.id} directory`,
      issuer: this.issuer,
      clientId: "periscope",
      clientSecretFile: await folder.write(`${this.id}.secret`, SECRET),
      scopes: ["email", "profile", "groups"],
      audiences: [AUDIENCE],
      ...more,
    };
  }

  async turn(wanted: Control): Promise<void> {
    await this.control(wanted);
  }

  /** An access token of somebody, as a script would have it. */
  async token(subject: string, audience = AUDIENCE, issuedAgo = 0): Promise<string> {
    const { token } = await this.control({ token: { subject, audience, issuedAgo } });
    if (!token) throw new Error("the provider gave no token");
    return token;
  }

  private async control(wanted: object): Promise<{ token?: string }> {
    const response = await fetch(`${this.issuer}/control`, { method: "POST", body: JSON.stringify(wanted) });
    if (!response.ok) throw new Error(`the provider cannot be turned: ${await response.text()}`);
    return (await response.json()) as { token?: string };
  }

  async stop(): Promise<void> {
    await this.daemon.stop();
    await this.folder.remove();
  }
}
