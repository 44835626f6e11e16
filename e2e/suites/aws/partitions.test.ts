import { afterAll, beforeAll, describe, expect, it } from "vitest";
import {
  ALICE,
  Asker,
  EXAMPLES,
  HOME,
  STAGING,
  useAwsWorld,
} from "../../lib/aws-asker";
import { AwsRelay } from "../../lib/aws-relay";
import { Kube } from "../../lib/kube";
import { readTargets } from "../../lib/kubeconfig";
import { Periscope } from "../../lib/periscope";
import { eventually } from "../../lib/wait";

describe("partitions", () => {
  const world = useAwsWorld();
  const CN = "333333333333";
  const GOV = "222222222222";
  let relay: AwsRelay;
  let periscope: Periscope;
  let ask: Asker;

  beforeAll(async () => {
    relay = await AwsRelay.start(world().endpoint, [
      { partition: "aws-cn", account: CN, region: "cn-north-1", of: { account: HOME, region: "eu-west-1" } },
      {
        partition: "aws-us-gov",
        account: GOV,
        region: "us-gov-west-1",
        of: { account: STAGING, region: "eu-central-1" },
      },
    ]);
    const admin = (await readTargets(world().world.admin)).find(({ name }) => name === "prod-eu");
    if (!admin) throw new Error("the world has no cluster prod-eu");
    const kube = new Kube(admin);
    await kube.merge(`/api/v1/namespaces/${EXAMPLES}/serviceaccounts/well-made`, {
      metadata: {
        annotations: { "eks.amazonaws.com/role-arn": `arn:aws-cn:iam::${CN}:role/prod-eu-well-made` },
      },
    });
    kube.close();
    periscope = await Periscope.serve(
      [
        world().cluster("beijing", "prod-eu", `arn:aws-cn:eks:cn-north-1:${CN}:cluster/prod-eu`),
        world().cluster("gov", "staging", `arn:aws-us-gov:eks:us-gov-west-1:${GOV}:cluster/staging`),
      ],
      ALICE,
      undefined,
      { settings: { aws: { endpoint: relay.url } } },
    );
    ask = new Asker(await periscope.as("alice"));
    for (const id of ["beijing", "gov"])
      await eventually(`${id} is read`, async (saw) => {
        for (const name of ["eks", "accessEntries", "podIdentity", "iam"])
          expect(saw(await ask.part(id, name))).toMatchObject({ state: "live", gaps: [] });
      });
  });

  afterAll(async () => {
    await periscope.stop();
    await relay.stop();
  });

  it.each([
    ["beijing", "aws-cn", CN, "prod-eu", "https://console.amazonaws.cn/"],
    ["gov", "aws-us-gov", GOV, "staging", "https://console.amazonaws-us-gov.com/"],
  ])("%s has ARNs and links of %s", async (id, partition, account, name, console) => {
    const role = `arn:${partition}:iam::${account}:role/${name}-service-wildcard`;
    const { data } = await ask.workload(id, "service-wildcard");
    expect(data.identities).toMatchObject([{ source: "podIdentity", roleArn: role, state: "inForce" }]);
    expect(data.services.map(({ service }) => service)).toEqual(["s3"]);
    expect(data.links.console).toMatch(new RegExp(`^${console}`));
    for (const { arn, url } of data.chain) {
      if (arn) expect(arn).toMatch(new RegExp(`^arn:${partition}:`));
      if (url) expect(url).toMatch(new RegExp(`^${console}`));
    }
    const { data: listed } = await ask.roles(id);
    const own = listed.roles.filter(({ state, arn }) => state === "found" && arn.includes(account));
    expect(own.length).toBeGreaterThan(5);
    for (const { arn, consoleUrl, policies } of own) {
      expect(arn).toMatch(new RegExp(`^arn:${partition}:iam::${account}:role/`));
      expect(consoleUrl).toMatch(new RegExp(`^${console}`));
      for (const policy of policies)
        if (policy.arn) expect(policy.arn).toMatch(new RegExp(`^arn:${partition}:`));
    }
    const { data: access } = await ask.access(id);
    expect(access.principals.map(({ arn }) => arn)).toContain(
      `arn:${partition}:iam::${account}:role/periscope-${id === "gov" ? "reader" : "server"}`,
    );
    const { data: why } = await ask.why(
      id,
      "service-wildcard",
      "s3:GetObject",
      `arn:${partition}:s3:::bucket/key`,
    );
    // Who looks after the organisation of this account is not configured.
    expect(why.verdict).toMatchObject({
      decision: "conditional",
      condition: expect.stringContaining(
        `organisation's policies for account ${account} are not read`,
      ) as string,
    });
    await ask.answersAll(id);
  });

  it("a token's role is of the cluster's partition, and trusts its issuer", async () => {
    await eventually("the annotation is seen", async (saw) => {
      const { data } = saw(await ask.accounts("beijing"));
      const found = data.accounts.find(
        ({ namespace, name }) => namespace === EXAMPLES && name === "well-made",
      );
      expect(found).toMatchObject({
        source: "irsa",
        roleArn: `arn:aws-cn:iam::${CN}:role/prod-eu-well-made`,
        roleState: "found",
        trust: { admits: "yes" },
      });
    });
  });
});
