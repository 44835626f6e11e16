// The shapes of the answers about AWS, by the names the console uses. All come from the server's OpenAPI document.
import type { Answer } from "./contract";
import type { components } from "./schema";

type Schemas = components["schemas"];

export type AwsGap = Schemas["Gap"];
export type AwsAnswer<T> = Answer<T>;
export type AwsPermission = Schemas["AwsPermission"];
export type Workload = Schemas["Workload"];

export type Decision = Schemas["Decision"];
export type Verdict = Schemas["AwsVerdict"];
export type Reason = Schemas["AwsReason"];
export type Admits = Schemas["Admits"];

export type SensitiveEntry = Schemas["SensitiveEntry"];
export type SensitiveCatalog = Schemas["SensitiveCatalog"];
export type ActionList = Schemas["AwsActionList"];

export type Severity = Schemas["Severity"];
export type Finding = Schemas["AwsFinding"];
export type Check = Schemas["FindingCheck"];
export type FindingList = Schemas["FindingList"];

export type RoleState = Schemas["RoleState"];
export type AccessPolicy = Schemas["AccessPolicyItem"];
export type AccessPrincipal = Schemas["AccessPrincipal"];
export type ClusterAccess = Schemas["ClusterAccess"];
export type IdentitySource = Schemas["IdentitySource"];
export type AccountIdentity = Schemas["ServiceAccountIdentity"];
export type RoleItem = Schemas["AwsRole"];

export type Identity = Schemas["AwsPodIdentity"];
export type PodIdentity = Schemas["AwsPod"];
export type StepKind = Schemas["AwsStepKind"];
export type ChainStep = Schemas["AwsChainStep"];
export type GrantedAction = Schemas["GrantedAction"];
export type ServiceGrants = Schemas["AwsService"];
export type AwsAccess = Schemas["AwsAccess"];

export type Layer = Schemas["WhyLayer"];
export type WhyAnswer = Schemas["AwsWhy"];

export type WhoCan = Schemas["WhoCan"];
export type WhoCanRow = Schemas["WhoCanRow"];

export type AwsStatus = Schemas["AwsStatus"];
