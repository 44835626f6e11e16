// The shapes of the answers about AWS, by the names the console uses. All come from the server's OpenAPI document.
import type { Answer, ObjectRef } from "./contract";
import type { components } from "./schema";

type Schemas = components["schemas"];

export type AwsGap = Schemas["Gap"];
export type AwsAnswer<T> = Answer<T>;
export type AwsPermission = Schemas["AwsPermission"];
/** What runs as a role, or is one: always of a namespace. */
export type Workload = ObjectRef;

export type Decision = Schemas["Decision"];
export type Verdict = Schemas["AwsVerdict"];
export type Reason = Schemas["AwsReason"];
export type Admits = Schemas["Admits"];

export type SensitiveEntry = Schemas["SensitiveEntry"];
export type SensitiveCatalog = Schemas["SensitiveCatalog"];
export type ActionList = Schemas["AwsActionList"];

export type Severity = Schemas["Severity"];
/** Checks come and go: none of their ids means anything to the console. */
export type Finding = Omit<Schemas["Finding"], "id"> & { id: string };
export type Check = Omit<Schemas["Checked"], "id"> & { id: string };
export interface FindingList {
  findings: Finding[];
  checked: Check[];
}

export type RoleState = Schemas["RoleState"];
export type AccessPolicy = Schemas["EntryPolicy"];
export type AccessPrincipal = Schemas["AccessPrincipal"];
export type ClusterAccess = Omit<Schemas["ClusterAccess"], "findings"> & { findings: Finding[] };
/** By what a pod, or the service account of one, comes to its role. */
export type IdentitySource = Schemas["IdentitySource"] | Schemas["BindingSource"];
export type AccountIdentity = Schemas["ServiceAccountBinding"];
export type RoleItem = Schemas["AwsRole"];

export type Identity = Schemas["IdentityGroup"];
export type PodIdentity = Schemas["AwsPod"];
export type StepKind = Schemas["ChainStepKind"];
export type ChainStep = Schemas["ChainStep"];
export type GrantedAction = Schemas["GrantedAction"];
export type ServiceGrants = Schemas["AwsService"];
export type AwsAccess = Omit<Schemas["AwsAccess"], "findings"> & { findings: Finding[] };

export type Layer = Schemas["WhyLayer"];
export type WhyAnswer = Schemas["AwsWhy"];

export type WhoCan = Schemas["WhoCan"];
export type WhoCanRow = Schemas["WhoCanRow"];

export type AwsStatus = Schemas["AwsStatus"];
