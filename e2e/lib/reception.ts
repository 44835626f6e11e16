import { afterAll, beforeAll } from "vitest";
import { Idp, type People } from "./idp";
import { readTargets } from "./kubeconfig";
import type { Kubectl } from "./kubectl";
import { Periscope } from "./periscope";
import { freePort } from "./ports";
import { Visitor } from "./visitor";
import { World } from "./world";

/** Everybody at the first provider. `dave` is in no group that is admitted. */
export const PEOPLE: People = {
  ada: { email: "ada@corp", name: "Ada Lovelace", groups: ["platform", "auditors"] },
  bob: { email: "bob@corp", name: "Bob", groups: ["on-call"] },
  dave: { email: "dave@corp", name: "Dave", groups: ["visitors"] },
  unverified: { email: "eve@corp", email_verified: false, groups: ["platform"] },
  nogroups: { email: "nogroups@corp" },
  system: { email: "system:admin", groups: ["platform"] },
  masters: { email: "mallory@corp", groups: ["System:Masters", "on-call"] },
};

/** Everybody at the second one; nobody who is at the first. */
export const PARTNERS: People = { pat: { email: "pat@partner", name: "Pat", groups: ["platform"] } };

/** Periscope over the demo world, with two providers in front of it. */
export class Reception {
  private constructor(
    public periscope: Periscope,
    readonly corp: Idp,
    readonly partner: Idp,
    private readonly world: World,
  ) {}

  static async start(): Promise<Reception> {
    const [world, port] = [await World.start(), await freePort()];
    const url = `http://127.0.0.1:${port}`;
    const [corp, partner] = await Promise.all([
      Idp.start("corp", url, PEOPLE),
      Idp.start("partner", url, PARTNERS, "RS256"),
    ]);
    const target = (await readTargets(world.server)).find(({ name }) => name === "prod-eu");
    if (!target) throw new Error("the world has no cluster prod-eu");
    const periscope = await Periscope.signedIn(port, [{ id: "prod-eu", target }], async (folder) => ({
      auth: {
        providers: [
          await corp.settings(folder),
          await partner.settings(folder, { userPrefix: "partner:", groupsPrefix: "partner:" }),
        ],
        session: { refresh: "5s", grace: "1h" },
        allowedGroups: ["platform", "on-call", "partner:platform"],
        auditAdmins: ["auditors"],
        sessionAdmins: ["platform"],
      },
      authorization: { tiers: { triage: ["on-call", "partner:platform"], admin: ["platform"] } },
    }));
    return new Reception(periscope, corp, partner, world);
  }

  /** The cluster that everybody here sees, as its administrator. */
  kubectl(): Kubectl {
    return this.world.kubectl("prod-eu");
  }

  visitor(): Visitor {
    return new Visitor(this.periscope.url);
  }

  /** Somebody who signed in at the first provider. */
  async as(login: string): Promise<Visitor> {
    const visitor = this.visitor();
    const { url } = await visitor.signIn("corp", login, "/");
    if (url.pathname !== "/") throw new Error(`${login} ended up at ${url.href}`);
    return visitor;
  }

  async stop(): Promise<void> {
    await this.periscope.stop();
    await Promise.all([this.corp.stop(), this.partner.stop()]);
    await this.world.stop();
  }
}

/** For the tests of one file. */
export function useReception(): () => Reception {
  let reception: Reception | undefined;
  beforeAll(async () => {
    reception = await Reception.start();
  });
  afterAll(() => reception?.stop());
  return () => {
    if (!reception) throw new Error("the reception is there only while tests run");
    return reception;
  };
}
