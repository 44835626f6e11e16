import {
  ALICE,
  type AwsWorld,
  DARK,
  DATA,
  HOME,
  PROD,
  READER,
  SESSION,
  STAGING,
} from "./aws-asker";
import { AwsRelay, denied, refusal, type Asked } from "./aws-relay";
import { Periscope } from "./periscope";

export const ofAccount = (account: string, operation: string) => (asked: Asked) =>
  asked.account === account && (operation === "*" || asked.operation === operation);

/** Three clusters: one of which everything is read, one whose account may not be read as a whole, one of which nothing is. */
export async function startBroken(world: AwsWorld): Promise<[AwsRelay, Periscope]> {
  const relay = await AwsRelay.start(world.endpoint);
  // The whole of staging's IAM is refused from the beginning, and one of its roles goes while it is read.
  relay.misbehave(
    ofAccount(STAGING, "iam:GetAccountAuthorizationDetails"),
    denied(SESSION(STAGING, "periscope-reader"), "*"),
  );
  relay.misbehave(
    (asked) =>
      asked.operation === "iam:ListRolePolicies" && asked.inputs.get("RoleName") === "staging-conditions",
    (asked) =>
      Promise.resolve(
        refusal(asked, 404, "NoSuchEntity", "The role with name staging-conditions cannot be found."),
      ),
  );
  relay.misbehave(
    (asked) => asked.operation === "sts:AssumeRole" && asked.inputs.get("RoleArn") === READER(DARK),
    denied(SESSION(HOME, "periscope-server"), READER(DARK)),
  );
  const periscope = await Periscope.serve(
    [
      world.cluster("prod-eu", "prod-eu", PROD),
      world.cluster("staging", "staging", `arn:aws:eks:eu-central-1:${STAGING}:cluster/staging`, READER(STAGING)),
      world.cluster("dark", "staging", `arn:aws:eks:eu-west-1:${DARK}:cluster/dark`, READER(DARK)),
    ],
    ALICE,
    undefined,
    {
      settings: {
        aws: {
          endpoint: relay.url,
          accounts: [{ id: DATA, assumeRole: READER(DATA) }],
          organization: { account: "123456789012", assumeRole: READER("123456789012") },
        },
      },
      env: world.env,
    },
  );
  return [relay, periscope];
}
